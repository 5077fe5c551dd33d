// SPDX-License-Identifier: Apache-2.0
// One record: what it says, where it stands, what happened to it.
import { html, useState } from "../html.js";
import { get, post } from "../api.js";
import { go, link, useData, useKinds } from "../hooks.js";
import { l, t } from "../words.js";
import { State, text, todayIso, when } from "../parts/format.js";
import { Field } from "../parts/field.js";
import { Conflict } from "../parts/conflict.js";
import { Trouble } from "../parts/notice.js";
import { open, Returned } from "../parts/returned.js";
import { Signature } from "../parts/signature.js";

const MOVED = "da_chuyen";

function Past({ rows, kind, record }) {
  const named = (name) => kind.fields.find((field) => field.name === name);
  const told = rows.filter((row) => !row.register.startsWith("~") || row.value === false);
  const value = (row) => {
    if (row.value === false && row.register.startsWith("~")) {
      return t("state.deleted");
    }
    if (row.withheld || row.erased) {
      return row.erased ? t("erased") : t("withheld");
    }
    const field = named(row.register);
    if (field?.type === "ref" && row.value) { // the name is known of the one that stands there now
      const name = row.value === record.fields[field.name] && record.names[field.name];
      return html`<a href=${link("record", { id: row.value })}>${name || t("record")}</a>`;
    }
    if (field) {
      return text(field, row.value) || t("cleared");
    }
    if (row.value && typeof row.value === "object") {
      return Object.entries(row.value).map(([name, one]) => named(name) && `${l(named(name).label)}: ${text(named(name), one)}`).filter(Boolean).join(", ");
    }
    return "";
  };
  const title = (row) => named(row.register) ? l(named(row.register).label) : row.register.startsWith("~") ? "" : t("together");
  return html`<ol class="past">${told.map((row) => html`<li key=${row.change + row.register}>
    <span class="who">${when(row.time)} · ${row.user} (${t("role." + row.role)})</span>
    <span><b>${title(row)}</b> ${value(row)}</span>
    ${row.withdrawn && html`<em>${t("withdrawn")}</em>`}${row.quarantined && html`<em>${t("state.quarantined")}</em>`}
    ${row.reason && html`<q>${row.reason}</q>`}</li>`)}</ol>`;
}

function Fields({ kind, record }) {
  return html`<dl class="fields">${kind.fields.filter((field) => record.fields[field.name] !== undefined).map((field) => html`<div key=${field.name}>
    <dt>${l(field.label)}</dt>
    <dd>${field.type === "strokes" ? html`<${Signature} strokes=${record.fields[field.name]} />`
      : field.type === "ref" ? html`<a href=${link("record", { id: record.fields[field.name] })}>${text(field, record.fields[field.name], record)}</a>`
      : text(field, record.fields[field.name], record)}</dd></div>`)}</dl>`;
}

// Two records of one household: the other is found by name and stands for both from then on.
function Join({ record, kind, tell, fail }) {
  const [open, turn] = useState(false);
  const [into, pick] = useState("");
  const join = async () => {
    try {
      const done = await post("merge", { id: record.id, into, seen: record.seen });
      tell({ text: done.holds ? t("merge.done") : t("merge.not"), change: done.change });
    } catch (bad) {
      fail(bad);
    }
  };
  if (!open) {
    return html`<button type="button" onClick=${() => turn(true)}>${t("merge.begin")}</button>`;
  }
  const field = { name: "into", type: "ref", refers: kind.kind, required: true, label: { vi: t("merge.into"), en: t("merge.into") } };
  return html`<section class="part-of"><${Field} field=${field} scope="m" set=${pick} />
    <p class="help">${t("merge.why")}</p>
    <button type="button" class="main" disabled=${into === "" || into === record.id} onClick=${join}>${t("merge.do")}</button></section>`;
}

function PartOf({ record, tell, fail }) {
  const part = async () => {
    try {
      const done = await post("unmerge", { id: record.id });
      tell({ text: t("merge.undone"), change: done.change });
    } catch (bad) {
      fail(bad);
    }
  };
  return html`<div class="conflict"><p>${t("merge.part-of")} <a href=${link("record", { id: record.part_of })}>${t("merge.other")}</a></p>
    <button type="button" onClick=${part}>${t("merge.apart")}</button></div>`;
}

export function Record({ query, tell }) {
  const kinds = useKinds();
  const [wrong, fail] = useState(null);
  const { data, problem } = useData(async () => {
    const [record, past, conflicts, refused] = await Promise.all([
      get("record", { id: query.id }), get("history", { id: query.id }), get("conflicts", { state: "open" }), get("quarantine")]);
    return { record, past, conflicts: conflicts.filter((one) => one.record === query.id), refused: open(refused).filter((one) => one.record === query.id) };
  }, [query.id]);
  const kind = kinds && data && kinds[data.record.kind];
  if (!kind) {
    return html`<h1>${t("record")}</h1><${Trouble} problem=${problem} />`;
  }
  const { record } = data;
  const remove = async () => {
    try {
      const done = await post("delete", { id: record.id, seen: record.seen });
      tell({ text: done.holds ? t("deleted-of", l(kind.label)) : t("deleted-not"), change: done.change });
      if (done.holds) {
        go("book", { kind: record.kind });
      }
    } catch (bad) {
      fail(bad);
    }
  };
  const first = kind.columns?.[0] || kind.fields[0].name;
  const field = kind.fields.find((one) => one.name === first);
  return html`<div class="head"><h1>${l(kind.label)}: ${text(field, record.fields[first], record) || t("nameless")}</h1><${State} record=${record} /></div>
    ${data.refused.length > 0 && html`<ul class="cards">${data.refused.map((row) => html`<${Returned} key=${row.change} row=${row} kind=${kind} tell=${tell} />`)}</ul>`}
    ${data.conflicts.map((one) => html`<${Conflict} key=${one.id} conflict=${one} kind=${kind} tell=${tell} />`)}
    ${record.part_of && html`<${PartOf} record=${record} tell=${tell} fail=${fail} />`}
    <${Fields} kind=${kind} record=${record} />
    <${Trouble} problem=${wrong || problem} />
    <div class="acts">
      ${kind.may?.includes("edit") && html`<a class="button main" href=${link("entry", { id: record.id })}>${t("edit")}</a>`}
      ${record.kind === "household" && html`<a class="button" href=${link("entry", { kind: "commitment", household: record.id })}>${t("sign-one")}</a>
        ${record.fields.status !== MOVED && html`<a class="button" href=${link("entry", { id: record.id, status: MOVED, valid_to: todayIso() })}>${t("move-away")}</a>`}
        <a class="button" href=${link("entry", { kind: "household", split_from: record.id, address_text: record.fields.address_text || "" })}>${t("split")}</a>`}
      ${record.kind === "household" && kind.may?.includes("merge") && !record.part_of && html`<${Join} record=${record} kind=${kind} tell=${tell} fail=${fail} />`}
      <a class="button" href=${link("print", { id: record.id })}>${t("print")}</a>
      ${kind.may?.includes("delete") && !record.deleted && html`<button type="button" onClick=${remove}>${t("delete")}</button>`}
    </div>
    <h2>${t("history")}</h2>
    <${Past} rows=${data.past} kind=${kind} record=${record} />`;
}
