// SPDX-License-Identifier: Apache-2.0
// What is to be done next: what came back, what two people said differently, what was begun.
import { html, useRef, useState } from "../html.js";
import { get, post } from "../api.js";
import { link, useData, useKinds } from "../hooks.js";
import { l, t } from "../words.js";
import { number, sentence, thisYear, today, when } from "../parts/format.js";
import { called, shown } from "../parts/conflict.js";
import { useDraft } from "../parts/form.js";
import { Trouble } from "../parts/notice.js";
import { isRead, markRead } from "../parts/read.js";
import { open, Returned } from "../parts/returned.js";
import { isEvaluating } from "./evaluation.js";

function Card({ strong, text, href, act, tone }) {
  return html`<li class=${"card " + (tone || "")}><div><strong>${strong}</strong>${text && html`<p>${text}</p>`}</div>
    <a class="button" href=${href}>${act}</a></li>`;
}

// A few words up to those who decide, or an answer to theirs: `about` says to which, also in
// the draft that keeps them.
function Say({ about, drafts, label, send, done }) {
  const begun = drafts.find((one) => one.form.say === about);
  const form = useRef({ say: about, said: "", ...begun?.form });
  const draft = useDraft("question", undefined, begun?.draft, form);
  const [open, turn] = useState(form.current.said !== "");
  const [said, show] = useState(form.current.said);
  const [problem, fail] = useState(null);
  const type = (event) => {
    form.current.said = event.target.value;
    show(event.target.value);
    draft.touch();
  };
  const go = async () => {
    try {
      await send(said, await draft.settle());
      draft.written();
      turn(false);
      done();
    } catch (wrong) {
      fail(wrong);
    }
  };
  return html`<button type="button" aria-expanded=${open ? "true" : "false"} onClick=${() => turn(!open)}>${label}</button>
    ${open && html`<div class="part-of"><textarea rows="3" maxlength="500" aria-label=${label} defaultValue=${said} onInput=${type} onBlur=${draft.leave}></textarea>
      <p class="warn">${t("ask.warn")}</p><button type="button" class="main" disabled=${said.trim() === ""} onClick=${go}>${t("ask.send")}</button>
      <span class="kept" role="status">${draft.saved ? t("draft-kept") : ""}</span><${Trouble} problem=${problem} /></div>`}`;
}

// A registration that was given back, with the sentence of whoever did; sent again when it is mended.
function Registrations({ rows, registration, year, tell }) {
  const [problem, fail] = useState(null);
  const send = (row) => async () => {
    try {
      const made = await post("add", { kind: "step", fields: { year, step: "gui_lai_dang_ky", round: row.fields.round, done_on: today() } });
      tell({ text: t("todo.sent-again"), change: made.change });
    } catch (wrong) {
      fail(wrong);
    }
  };
  return rows.map((row) => html`<li class="card wrong" key=${row.id}><div><strong>${t("todo.registration-returned")}</strong><p><q>${row.fields.note}</q></p>
      <${Trouble} problem=${problem} /></div>
    <div class="acts">${registration && html`<a class="button" href=${link("record", { id: registration.id })}>${t("todo.mend")}</a>`}
      <button type="button" onClick=${send(row)}>${t("todo.send-again")}</button></div></li>`);
}

// Somebody above decided otherwise: who, why, and the way to ask again.
function Overruled({ rows, kinds, drafts, tell }) {
  const [, again] = useState(0);
  const read = (row) => {
    markRead(row.change);
    again((n) => n + 1);
  };
  const ask = (row) => async (said, draft) => {
    const made = await post("add", { kind: "question", draft, fields: { side: "cap_tren", asked: said, of_record: row.record, of_kind: row.kind, of_part: row.register } });
    tell({ text: t("ask.sent"), change: made.change });
  };
  return rows.filter((row) => kinds[row.kind] && !isRead(row.change)).map((row) => {
    const kind = kinds[row.kind];
    const part = row.type === "delete" ? t("conflict.delete") : called(kind, row);
    return html`<li class="card" key=${row.conflict}><div><strong>${t("overruled", l(kind.label), part)}</strong>
        <p>${t("overruled.what", shown(kind, row, row.mine), shown(kind, row, row.value))}</p>
        <p>${t("overruled.who", row.user, t("role." + row.role), when(row.time))}${row.reason ? html`: <q>${row.reason}</q>` : ""}</p></div>
      <div class="acts"><a class="button" href=${link("record", { id: row.record })}>${t("todo.look")}</a>
        <button type="button" onClick=${() => read(row)}>${t("overruled.read")}</button>
        <${Say} about=${row.change} drafts=${drafts} label=${t("overruled.ask")} send=${ask(row)} done=${() => read(row)} /></div></li>`;
  });
}

// Asked from above and not answered yet; or answered from above and not read yet.
function Questions({ rows, kinds, drafts, tell }) {
  const [, again] = useState(0);
  const answer = (row) => async (said, draft) => {
    const made = await post("edit", { id: row.id, draft, fields: { answer: said }, seen: row.seen });
    tell({ text: t("ask.answered"), change: made.change });
  };
  const read = (row) => {
    markRead(row.id);
    again((n) => n + 1);
  };
  const about = (row) => l(kinds[row.fields.of_kind]?.label);
  const look = (row) => row.fields.of_record && html`<a class="button" href=${link("record", { id: row.fields.of_record })}>${t("todo.look")}</a>`;
  return rows.map((row) => (row.fields.side === "ap"
    ? !row.fields.answer && html`<li class="card wrong" key=${row.id}><div><strong>${t("ask.asked", about(row))}</strong><p>${row.fields.asked}</p></div>
        <div class="acts">${look(row)}<${Say} about=${row.id} drafts=${drafts} label=${t("ask.answer")} send=${answer(row)} done=${() => {}} /></div></li>`
    : row.fields.answer && !isRead(row.id) && html`<li class="card" key=${row.id}><div><strong>${t("ask.told", about(row))}</strong><p>${row.fields.asked}</p><p><q>${row.fields.answer}</q></p></div>
        <div class="acts">${look(row)}<button type="button" onClick=${() => read(row)}>${t("overruled.read")}</button></div></li>`));
}

// Where a draft is gone on with: its own screen finds it by the year.
function goOn(draft) {
  if (draft.kind === "commitment" && draft.form.rows) {
    return link("sheet", { year: draft.form.year });
  }
  return isEvaluating(draft)
    ? link("evaluation", { year: draft.form.year })
    : link("entry", { kind: draft.kind, draft: draft.draft, ...(draft.record ? { id: draft.record } : {}) });
}

// What the year still lacks and a hamlet can do: by the state that it leads to.
const steps = {
  da_dang_ky: (year) => ["entry", { kind: "registration", year, reg_type: "tieu_chuan" }],
  dang_tu_danh_gia: (year) => ["evaluation", { year }],
  da_tu_danh_gia: (year) => ["minutes", { year }],
};

// Those that are to be answered, with what stands in them as they are shown.
const looked = (rows) => Promise.all(rows.map((row) => (row.fields.side === "ap" && !row.fields.answer ? get("record", { id: row.id }) : row)));

async function ask() {
  const year = thisYear();
  const [refused, conflicts, drafts, households, signed, how, overruled, questions, steps, registered] = await Promise.all([
    get("quarantine"),
    get("conflicts", { state: "open" }),
    get("drafts"),
    get("counts", { kind: "household" }),
    get("records", { kind: "commitment", where: "year=" + year, limit: 1 }),
    get("case", { year }).catch(() => ({ missing: [] })),
    get("overruled"),
    get("records", { kind: "question", limit: 200 }).catch(() => ({ records: [] })),
    get("records", { kind: "step", where: "year=" + year, limit: 200 }),
    get("records", { kind: "registration", where: ["year=" + year, "reg_type=tieu_chuan"], limit: 1 }),
  ]);
  const answered = steps.records.filter((row) => row.fields.step === "gui_lai_dang_ky").map((row) => row.fields.round);
  const given = steps.records.filter((row) => row.fields.step === "tra_dang_ky" && !answered.includes(row.fields.round));
  return { given, registration: registered.records[0], refused: open(refused), conflicts, drafts, households: households.records, anySigned: signed.records.length > 0, year, missing: how.missing,
    overruled: overruled.filter((row) => !isRead(row.change)), questions: await looked(questions.records) };
}

export function Todo({ tell }) {
  const kinds = useKinds();
  const { data, problem } = useData(ask, []);
  if (!data || !kinds) {
    return html`<h1>${t("tab.todo")}</h1><${Trouble} problem=${problem} />`;
  }
  const begun = data.drafts.filter((one) => one.form.say === undefined);
  const asked = data.questions.filter((row) => (row.fields.side === "ap" ? !row.fields.answer : row.fields.answer && !isRead(row.id)));
  const nothing = data.given.length === 0 && asked.length === 0 && data.overruled.length === 0 && data.refused.length === 0 && data.conflicts.length === 0 && begun.length === 0;
  return html`<h1>${t("tab.todo")}</h1>
    <${Trouble} problem=${problem} />
    <ul class="cards">
      ${data.refused.map((row) => html`<${Returned} key=${row.change} row=${row} kind=${kinds[row.kind]} tell=${tell} />`)}
      <${Registrations} rows=${data.given} registration=${data.registration} year=${data.year} tell=${tell} />
      <${Questions} rows=${asked} kinds=${kinds} drafts=${data.drafts} tell=${tell} />
      <${Overruled} rows=${data.overruled} kinds=${kinds} drafts=${data.drafts} tell=${tell} />
      ${data.conflicts.length > 0 && html`<${Card} tone="wrong" strong=${t("todo.conflicts", number(data.conflicts.length))}
        text=${t("todo.conflicts-why")} href=${link("conflicts")} act=${t("todo.look")} />`}
      ${begun.map((draft) => html`<${Card} key=${draft.draft} strong=${t("todo.draft", l(kinds[draft.kind]?.label) || draft.kind)}
        text=${t("todo.draft-since", when(draft.saved))}
        href=${goOn(draft)} act=${t("todo.go-on")} />`)}
      ${data.households === 0
        ? html`<${Card} strong=${t("todo.no-households")} text=${t("todo.no-households-why")} href=${link("entry", { kind: "household" })} act=${t("add")} />`
        : html`<${Card} strong=${t("todo.sheet", data.year)} text=${data.anySigned ? t("todo.sheet-more", number(data.households)) : t("todo.sheet-first", number(data.households))}
            href=${link("sheet", { year: data.year })} act=${t("todo.sheet-open")} />`}
      ${data.households > 0 && data.missing.filter((one) => steps[one.state]).map((one) => html`<${Card} key=${one.state} strong=${sentence(one.text)}
        text=${t("todo.of-year", data.year)} href=${link(...steps[one.state](data.year))} act=${t("todo.do")} />`)}
    </ul>
    ${nothing && html`<p class="empty">${t("todo.nothing")}</p>`}`;
}
