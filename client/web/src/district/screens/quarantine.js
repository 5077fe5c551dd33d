// SPDX-License-Identifier: Apache-2.0
// What was refused, with the reason; opened as a case it shows what was written, and is let
// stand, written again as it should be, or answered.
import { html, useState } from "../../html.js";
import { get, post } from "../../api.js";
import { useData, useKinds, usePieces } from "../../hooks.js";
import { l, t } from "../../words.js";
import { number, sentence, text, when } from "../../parts/format.js";
import { called } from "../../parts/conflict.js";
import { Trouble } from "../../parts/notice.js";
import { RecordForm } from "../record_form.js";

// One value by its label; of a group each of its fields by its own.
function lines(kind, name, value) {
  const field = kind?.fields.find((one) => one.name === name);
  if (field) {
    return [[l(field.label), text(field, value, {})]];
  }
  const group = kind?.groups?.find((one) => one.name === name);
  if (group && value && typeof value === "object") {
    return Object.entries(value).flatMap(([part, one]) => lines(kind, part, one));
  }
  const said = name === "~live" ? t("desk.refused.live") : kind ? called(kind, { register: name }) : name;
  return [[said, typeof value === "string" ? value : value === true ? t("yes") : value === false ? t("no") : JSON.stringify(value)]];
}

function flat(kind, values) {
  return Object.assign({}, ...Object.entries(values).map(([name, value]) =>
    (kind.groups?.some((one) => one.name === name) && value && typeof value === "object" ? value : { [name]: value })));
}

function Answer({ row, done }) {
  const [said, type] = useState("");
  const [problem, fail] = useState(null);
  const send = (event) => {
    event.preventDefault();
    post("ask", { kind: "question", fields: { unit: row.unit, side: "ap", asked: said, of_record: row.record, of_kind: row.kind } })
      .then(() => done(t("desk.refused.answered")), fail);
  };
  return html`<details class="act"><summary>${t("desk.refused.answer")}</summary><form onSubmit=${send}><p class="help">${t("desk.refused.answer-how")}</p>
    <div class="field"><label for=${"answer-" + row.change}>${t("desk.refused.answer")}</label>
      <textarea id=${"answer-" + row.change} rows="3" maxlength="500" onInput=${(event) => type(event.target.value)}></textarea><p class="warn">${t("ask.warn")}</p></div>
    <p><button type="submit" disabled=${said.trim() === ""}>${t("ask.send")}</button></p><${Trouble} problem=${problem} /></form></details>`;
}

// What was meant is written anew, by whoever may; the refused change stays as it was.
function Correct({ row, kind, done }) {
  const creates = row.act === "create";
  const values = flat(kind, row.values);
  const names = kind.fields.filter((field) => values[field.name] !== undefined && (creates || !field.key)).map((field) => field.name);
  const may = kind.may?.includes(creates ? "create" : "edit");
  if (!may || names.length === 0) {
    return null;
  }
  const send = async (form) => {
    await post("correct", { change: row.change, fields: creates ? { ...form, unit: row.unit } : form });
    done(t("desk.refused.corrected"));
  };
  return html`<details class="act"><summary>${t("desk.refused.correct")}</summary>
    <${RecordForm} kind=${kind} scope=${"correct-" + row.change} names=${names} start=${values} help=${t("desk.refused.correct-how")}
      label=${t("desk.refused.correct")} send=${send} /></details>`;
}

function Case({ change, kinds, session, done }) {
  const [asked] = useState(() => get("refused", { change })); // each opening is told to the log
  const { data, problem } = useData(() => asked, [change]);
  const [reason, say] = useState("");
  const [wrong, fail] = useState(null);
  const release = (event) => {
    event.preventDefault();
    post("release", { change, reason }).then(() => done(t("desk.refused.released")), fail);
  };
  const [row] = data || [];
  const kind = row && kinds[row.kind];
  return html`<section class="conflict" aria-label=${t("desk.refused.case")}><${Trouble} problem=${problem} />
    ${row && html`<dl class="fields">${Object.entries(row.values).flatMap(([name, value]) => lines(kind, name, value)).map(([name, said], at) => html`<div key=${at}><dt>${name}</dt>
        <dd>${said}</dd></div>`)}</dl>
      <form class="inline" onSubmit=${release}><p class="help">${t("desk.refused.how")}</p>
        <label>${t("desk.reason")} <input type="text" required maxlength="200" value=${reason} onInput=${(event) => say(event.target.value)} /></label>
        <button type="submit">${t("desk.refused.release")}</button><${Trouble} problem=${wrong} /></form>
      ${kind && html`<${Correct} row=${row} kind=${kind} done=${done} />`}
      ${session.rights.includes("conflicts") && html`<${Answer} row=${row} done=${done} />`}`}</section>`;
}

export function Quarantine({ session, tell }) {
  const kinds = useKinds();
  const { data, problem, again, more } = usePieces("quarantine", "refused", []);
  const [open, choose] = useState(null);
  const done = (said) => {
    tell({ text: said });
    choose(null);
    again();
  };
  const [due, right] = [false, true].map((one) => (data ? data.refused : []).filter((row) => Boolean(row.corrected) === one));
  const card = (row) => html`<li key=${row.change} class=${row.corrected ? "card" : "card wrong"}><div>
        <strong>${t("desk.refused.row", row.unit_name, row.user)}</strong><p>${sentence(row.why || row.reason)}</p>
        <p class="help">${when(row.time)} · ${kinds[row.kind] ? l(kinds[row.kind].label) : row.kind}</p>
        ${open === row.change && html`<${Case} change=${row.change} kinds=${kinds} session=${session} done=${done} />`}</div>
        <div class="acts"><button type="button" aria-expanded=${open === row.change ? "true" : "false"} onClick=${() => choose(open === row.change ? null : row.change)}>
          ${open === row.change ? t("close") : t("desk.refused.open")}</button></div></li>`;
  return html`<h1>${t("desk.tab.quarantine")}</h1><p class="help">${t("desk.refused.why")}</p>
    <${Trouble} problem=${problem} />
    ${data && kinds && (due.length === 0 ? html`<p class="empty">${t("desk.refused.none")}</p>` : html`<ul class="cards">${due.map(card)}</ul>`)}
    ${kinds && right.length > 0 && html`<details><summary>${t("desk.refused.done", number(right.length))}</summary><ul class="cards">${right.map(card)}</ul></details>`}
    ${more && html`<p><button type="button" onClick=${more}>${t("inbox.more")}</button></p>`}`;
}
