// SPDX-License-Identifier: Apache-2.0
// All that two people entered differently and nobody has decided.
import { html } from "../html.js";
import { get } from "../api.js";
import { link, useData, useKinds } from "../hooks.js";
import { l, t } from "../words.js";
import { Conflict } from "../parts/conflict.js";
import { text } from "../parts/format.js";
import { Trouble } from "../parts/notice.js";

const SHOWN = 50; // those after them come up as these are decided

// With the record that each is about.
async function ask() {
  const open = await get("conflicts", { state: "open" });
  const ids = [...new Set(open.slice(0, SHOWN).map((one) => one.record))];
  const records = await Promise.all(ids.map((id) => get("record", { id }).catch(() => null)));
  return { open, records: new Map(ids.map((id, at) => [id, records[at]])) };
}

function Named({ kind, record }) {
  const first = kind.fields.find((one) => one.name === kind.columns?.[0]) || kind.fields[0];
  return html`${l(kind.label)}: ${(record && text(first, record.fields[first.name], record)) || t("nameless")}`;
}

export function Conflicts({ tell }) {
  const kinds = useKinds();
  const { data, problem } = useData(ask, []);
  return html`<h1>${t("conflicts")}</h1>
    <${Trouble} problem=${problem} />
    ${data && data.open.length === 0 && html`<p class="empty">${t("todo.nothing")}</p>`}
    ${kinds && data && data.open.slice(0, SHOWN).filter((one) => kinds[one.kind]).map((one) => html`<article key=${one.id}>
      <h2><a href=${link("record", { id: one.record })}><${Named} kind=${kinds[one.kind]} record=${data.records.get(one.record)} /></a></h2>
      <${Conflict} conflict=${one} kind=${kinds[one.kind]} tell=${tell} /></article>`)}`;
}
