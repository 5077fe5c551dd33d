// SPDX-License-Identifier: Apache-2.0
// The own evaluation of a unit beside the appraisal: what was counted, what the unit answered,
// what whoever appraises answers, and what comes of it while he does.
import { html, useEffect, useRef, useState } from "../../html.js";
import { post } from "../../api.js";
import { useQuiet } from "../../hooks.js";
import { t } from "../../words.js";
import { sentence, today } from "../../parts/format.js";
import { Criterion, Verdict } from "../../parts/criterion.js";
import { Trouble } from "../../parts/notice.js";
import { RecordForm } from "../record_form.js";

const OWN = "tu_danh_gia";
const STAGE = "tham_dinh";
const RESULTS = { pass: "dat", fail: "chua_dat" };
const WHOLES = ["all_of", "any_of", "ref"];
const QUIET_MS = 300;

const byId = (list) => Object.fromEntries((list || []).map((one) => [one.criterion_id, one]));
const listOf = (answers) => Object.values(answers).filter((one) => Object.keys(one).length > 1);

function Own({ one }) {
  return one && one.source !== "none" && html`<p class="help">${t("office.own")} <${Verdict} outcome=${one.verdict} /> ${one.remark || ""}</p>`;
}

export function Appraisal({ data, kinds, write, judges, unit, year }) {
  const stage = (name) => data.records.find((one) => one.kind === "evaluation" && one.fields.stage === name);
  const done = stage(STAGE);
  const [answers, answer] = useState(() => byId(done?.fields.answers));
  const [own, show] = useState(null);
  const [made, put] = useState(null);
  const [problem, fail] = useState(null);
  const quiet = useQuiet(answers, QUIET_MS);
  const turn = useRef(0);
  useEffect(() => {
    post("evaluate", { unit, year, stage: OWN }).then(show, fail);
  }, []);
  useEffect(() => {
    const mine = ++turn.current;
    post("evaluate", { unit, year, stage: STAGE, given: listOf(quiet) }).then((found) => mine === turn.current && put(found), fail);
  }, [quiet]);
  if (!own || !made) {
    return html`<${Trouble} problem=${problem} />`;
  }
  const kind = kinds.evaluation;
  const parts = kind.fields.find((one) => one.name === "answers").item.members;
  const change = (id) => (members) => answer((before) => {
    const next = { ...before[id], criterion_id: id, ...members };
    Object.keys(next).forEach((name) => next[name] === undefined && delete next[name]);
    return { ...before, [id]: next };
  });
  const theirs = Object.fromEntries(own.criteria.map((one) => [one.id, one]));
  const send = (form) => {
    const fields = {
      evaluated_on: today(), ...form, auto_result: RESULTS[made.evaluated] || "", score: made.points ?? "",
      window_from: made.window.from, window_to: made.window.to, catalogue: made.catalogue, catalogue_version: made.version, answers: listOf(answers),
    };
    const known = Object.fromEntries(Object.entries(fields).filter(([name, value]) => value !== "" && kind.fields.some((one) => one.name === name && one.may !== false)));
    return done ? write("amend", { id: done.id, fields: known }, t("office.appraised"))
      : write("file", { kind: "evaluation", fields: { stage: STAGE, ...known } }, t("office.appraised"));
  };
  const copy = () => answer(byId(stage(OWN)?.fields.answers));
  return html`<div class="outcome" role="status"><p>${t("office.own")} <${Verdict} outcome=${own.evaluated} /></p>
      <p>${t("office.now")} <${Verdict} outcome=${made.evaluated} /></p></div>
    <details class="act"><summary>${judges ? t("office.appraise") : t("office.appraisal")}</summary>
      ${judges && stage(OWN) && html`<p><button type="button" onClick=${copy}>${t("office.copy")}</button></p>`}
      ${made.criteria.map((one) => WHOLES.includes(one.type)
        ? html`<div class=${"whole depth-" + one.depth} key=${one.id}><h3>${one.id} ${sentence(one.text)}</h3><${Verdict} outcome=${one.verdict} /></div>`
        : judges ? html`<div key=${one.id}><${Criterion} criterion=${one} answer=${answers[one.id] || {}} kinds=${kinds} parts=${parts} change=${change(one.id)} /><${Own} one=${theirs[one.id]} /></div>`
          : html`<div key=${one.id}><p>${one.id} ${sentence(one.text)}</p><${Own} one=${theirs[one.id]} /></div>`)}
      ${judges && html`<${RecordForm} kind=${kind} scope="appraise" names=${["result", "evaluated_on", "override_reason"]}
        start=${{ result: done?.fields.result, evaluated_on: done?.fields.evaluated_on || today(), override_reason: done?.fields.override_reason }}
        help=${t("office.appraise-how")} label=${t("office.appraise")} send=${send} />`}</details>
    <${Trouble} problem=${problem} />`;
}
