// SPDX-License-Identifier: Apache-2.0
// The hamlet's year held to its criteria: what was counted, what people answer, and what comes
// of it while they answer. Nothing is decided here: the meeting does that.
import { html, useEffect, useRef, useState } from "../html.js";
import { get, post } from "../api.js";
import { go, link, ANSWER_MS, useData, useKinds, useQuiet } from "../hooks.js";
import { l, t } from "../words.js";
import { clause, day, number, sentence, State, thisYear, today } from "../parts/format.js";
import { Criterion, Verdict } from "../parts/criterion.js";
import { Field } from "../parts/field.js";
import { changed, useDraft } from "../parts/form.js";
import { Trouble } from "../parts/notice.js";

const KIND = "evaluation";
const RESULTS = { pass: "dat", fail: "chua_dat" };
const WHOLES = ["all_of", "any_of", "ref"];

// Begun on this screen, not as a form of the book.
export const isEvaluating = (draft) => draft.kind === KIND && draft.form.seen !== undefined;

async function ask(year) {
  const [found, drafts, how, empty] = await Promise.all([
    get("records", { kind: KIND, where: "year=" + year, limit: 200 }),
    get("drafts"),
    get("case", { year }),
    post("evaluate", { year }),
  ]);
  const row = found.records.find((one) => one.fields.stage === empty.stage && one.unit === empty.unit);
  const record = row ? await get("record", { id: row.id }) : null;
  // Begun before anything was recorded it is of this record, too.
  const draft = drafts.find((one) => isEvaluating(one) && Number(one.form.year) === year && (one.record === null || one.record === record?.id)) || null;
  return { record, draft, how, made: empty };
}

// What the law asks to be handed in: it warns, and stops nothing.
function Papers({ dossier }) {
  const asked = dossier.papers.filter((one) => one.found === "here" || one.found === "missing");
  const missing = asked.filter((one) => one.found === "missing");
  return html`<p>${t("year.papers", dossier.label, number(asked.length - missing.length), number(asked.length))}</p>
    ${missing.length > 0 && html`<ul>${missing.map((one) => html`<li key=${one.paper}>${t("year.paper", one.label, one.how)}</li>`)}</ul>`}`;
}

function Way({ how }) {
  const missing = (how.missing || []).map((one) => one.text).join("; ");
  const due = (how.deadlines || []).filter((one) => !one.met);
  return html`<div class="way"><p>${t("year.state")} <strong>${sentence(how.label)}</strong></p>
    ${missing && html`<p>${t("year.missing", missing)}</p>`}
    ${due.map((one) => html`<p key=${one.deadline} class=${one.passed ? "warn" : ""}>${one.passed ? t("year.passed", one.label, day(one.last_day)) : t("year.until", one.label, day(one.last_day))}</p>`)}
    ${(how.dossiers || []).map((one) => html`<${Papers} key=${one.dossier} dossier=${one} />`)}</div>`;
}

function tally(rows) {
  const leaves = rows.filter((one) => !WHOLES.includes(one.type));
  const count = (outcome) => number(leaves.filter((one) => one.verdict === outcome).length);
  return t("evaluation.tally", number(leaves.length), count("pass"), count("fail"), count("unknown"));
}

// What stands in the record, and what of the draft is newer; `seen`: what was there when it was begun.
// Who began with nothing goes on with nothing, whatever has been recorded since.
function begin(data) {
  const form = data.draft?.form || {};
  const seen = form.seen ?? data.record?.seen ?? "";
  const record = seen === "" ? null : data.record;
  const fields = record?.fields || {};
  const list = form.answers || fields.answers || [];
  return {
    answers: Object.fromEntries(list.map((one) => [one.criterion_id, one])),
    closing: { evaluated_on: today(), ...pick(fields), ...pick(form) },
    seen,
    record,
  };
}

const CLOSING = ["result", "evaluated_on", "override_reason", "score"];

function pick(from) {
  return Object.fromEntries(CLOSING.filter((name) => from[name] !== undefined).map((name) => [name, from[name]]));
}

function listOf(answers) {
  return Object.values(answers).filter((one) => Object.keys(one).length > 1);
}

// The verdicts as they are with these answers; those of before while the question is under way.
function useVerdicts(year, answers, first, begun) {
  const known = useRef(!begun); // of what is recorded the verdicts are here
  const [made, put] = useState(first);
  const [problem, fail] = useState(null);
  const quiet = useQuiet(answers, ANSWER_MS);
  const turn = useRef(0);
  useEffect(() => {
    const judge = async () => {
      const mine = ++turn.current;
      try {
        const found = await post("evaluate", { year, given: listOf(quiet) });
        if (mine === turn.current) {
          put(found);
          fail(null);
        }
      } catch (wrong) {
        fail(wrong);
      }
    };
    known.current ? (known.current = false) : judge();
    addEventListener("hamlet-records", judge);
    return () => {
      turn.current++;
      removeEventListener("hamlet-records", judge);
    };
  }, [quiet, year]);
  return { made, problem };
}

// `hold(true)`: somebody began to answer; `hold(false)`: all of it is saved.
function Answers({ year, data, kind, kinds, tell, again, hold }) {
  const start = useRef(null);
  start.current ||= begin(data);
  const [answers, answer] = useState(start.current.answers);
  // What this person says, and no more: the draft may rest while others write.
  const form = useRef(null);
  form.current ||= { year, seen: start.current.seen, ...pick(data.draft?.form || {}), ...(data.draft?.form.answers && { answers: data.draft.form.answers }) };
  const closed = () => ({ ...start.current.closing, ...pick(form.current) });
  const draft = useDraft(KIND, data.record?.id, data.draft?.draft, form, "seen");
  const { made, problem } = useVerdicts(year, answers, data.made, data.draft);
  const [wrong, fail] = useState(null);
  const parts = kind.fields.find((one) => one.name === "answers").item.members;
  const change = (id) => (members) => {
    answer((before) => {
      const next = { ...before, [id]: { ...before[id], criterion_id: id, ...members } };
      Object.keys(next[id]).forEach((name) => next[id][name] === undefined && delete next[id][name]);
      form.current.answers = listOf(next);
      return next;
    });
    hold(true);
    draft.touch();
  };
  const close = (name) => (value) => {
    form.current[name] = value;
    hold(true);
    draft.touch();
  };
  const stands = useRef(start.current.record); // as this person saw it, with what he saved since: it may not have come back yet
  const write = async (fields, seen) => {
    const saw = stands.current?.fields ?? {};
    const other = changed(fields, saw);
    if (Object.keys(other).length === 0) {
      await draft.drop();
      return { seen };
    }
    const name = await draft.settle();
    const id = (stands.current || data.record)?.id; // of what came meanwhile nothing was seen: both will stand
    const done = id
      ? await post("edit", { id, fields: other, seen, draft: name })
      : await post("add", { kind: KIND, fields: { year, stage: made.stage, ...other }, seen, draft: name });
    stands.current = { id: done.id, fields: { ...saw, ...other } };
    return done;
  };
  const save = async (event) => {
    event.preventDefault();
    const sent = { ...form.current };
    const said = closed();
    const fields = {
      result: said.result ?? "", evaluated_on: said.evaluated_on ?? "", score: made.points ?? said.score ?? "",
      override_reason: said.override_reason ?? "", auto_result: RESULTS[made.evaluated] || "",
      window_from: made.window.from, window_to: made.window.to, catalogue: made.catalogue, catalogue_version: made.version,
      answers: sent.answers,
    };
    const known = Object.fromEntries(Object.entries(fields).filter(([name]) => kind.fields.some((one) => one.name === name && one.may !== false)));
    try {
      const done = await write(known, sent.seen);
      draft.written();
      fail(null);
      start.current.closing = said;
      const since = Object.entries(form.current).filter(([name, value]) => value !== sent[name]); // said while it was saved
      form.current = { year, seen: done.seen, ...Object.fromEntries(since) };
      hold(since.length > 0);
      tell({ text: t("saved-of", l(kind.label)), change: done.change });
      again();
    } catch (bad) {
      fail(bad);
      draft.touch();
    }
  };
  const rows = made.criteria.map((one) => WHOLES.includes(one.type)
    ? html`<div class=${"whole depth-" + one.depth} key=${one.id}><h2>${clause(one.id)} ${sentence(one.text)}</h2><${Verdict} outcome=${one.verdict} /></div>`
    : html`<${Criterion} key=${one.id} criterion=${one} answer=${answers[one.id] || {}} kinds=${kinds} parts=${parts} change=${change(one.id)} />`);
  const closing = kind.fields.filter((one) => CLOSING.includes(one.name) && one.name !== "score" && one.may !== false);
  return html`<form noValidate onSubmit=${save} onFocusOut=${draft.leave}>
    <div class="outcome" role="status"><p><${Verdict} outcome=${made.evaluated} /> ${t("evaluation.so-far")}</p><p>${tally(made.criteria)}</p></div>
    <${Trouble} problem=${problem} />
    ${rows}
    <h2>${t("evaluation.close")}</h2>
    <p class="help">${t("evaluation.close-why")}</p>
    ${closing.map((field) => html`<${Field} key=${field.name} field=${field} scope="e" value=${closed()[field.name]}
      set=${close(field.name)} leave=${draft.leave} wrong=${wrong?.of?.(field.name)} />`)}
    <${Trouble} problem=${wrong && closing.some((field) => wrong.of?.(field.name)) ? null : wrong} />
    <${Trouble} problem=${draft.lost} />
    <div class="acts"><button type="submit" class="main">${t("evaluation.save")}</button>
      ${data.record && html`<a class="button" href=${link("record", { id: data.record.id })}>${t("evaluation.recorded")}</a><${State} record=${data.record} />`}
      <span class="kept" role="status">${draft.saved ? t("draft-kept") : ""}</span></div></form>`;
}

// Who has begun to answer keeps what he began with; before that, what others wrote comes in.
function useHeld(mark) {
  const held = useRef(null);
  const hold = (begun) => {
    held.current = begun ? held.current ?? mark : null;
  };
  return [held.current ?? mark, hold];
}

export function Evaluation({ query, tell }) {
  const year = Number(query.year) || thisYear();
  const kinds = useKinds();
  const { data, problem, again } = useData(() => ask(year), [year]);
  const [mark, hold] = useHeld(data?.record?.seen ?? "");
  const pickYear = (event) => /^\d{4}$/.test(event.target.value) && go("evaluation", { year: event.target.value });
  return html`<div class="head"><h1>${t("evaluation.title", year)}</h1>
      <label class="inline"><span>${t("year")}</span><input type="text" class="short" inputmode="numeric" defaultValue=${year} onChange=${pickYear} /></label></div>
    <${Trouble} problem=${problem} />
    ${data && kinds && html`<p>${sentence(data.made.label)}</p><${Way} how=${data.how} />
      <${Answers} key=${mark + "-" + year} year=${year} data=${data} kind=${kinds[KIND]} kinds=${kinds} tell=${tell} again=${again} hold=${hold} />`}`;
}
