// SPDX-License-Identifier: Apache-2.0
// Records as a table, a page at a time, in the order of the Vietnamese alphabet.
import { html, useEffect, useState } from "../html.js";
import { get } from "../api.js";
import { link, ANSWER_MS, useData, useQuiet } from "../hooks.js";
import { l, t } from "../words.js";
import { State, text } from "./format.js";
import { Trouble } from "./notice.js";

const COLUMNS_MOST = 5;
const STEP = 50;

export function Search({ value, type }) {
  return html`<label class="search"><span>${t("search")}</span>
    <input type="search" autocomplete="off" defaultValue=${value} onInput=${(event) => type(event.target.value)} /></label>`;
}

export function columnsOf(kind) {
  const names = kind.columns?.length ? kind.columns : kind.fields.map((field) => field.name);
  return names.map((name) => kind.fields.find((field) => field.name === name)).filter(Boolean).slice(0, COLUMNS_MOST);
}

export function Records({ kind, query, empty }) {
  const [search, type] = useState("");
  const [more, grow] = useState(1);
  const quiet = useQuiet(search, ANSWER_MS);
  const asked = JSON.stringify([query, quiet]);
  useEffect(() => grow(1), [asked]);
  const found = useData(async () => {
    const records = [];
    let after;
    for (let step = 0; step < more; step++) {
      const some = await get("records", { kind: kind.kind, ...query, search: quiet, limit: STEP, after });
      records.push(...some.records);
      after = some.next;
      if (!after) {
        break;
      }
    }
    return { records, next: after };
  }, [asked, more]);
  const columns = columnsOf(kind);
  return html`<section>
    <${Search} type=${type} />
    <${Trouble} problem=${found.problem} />
    ${found.data && found.data.records.length === 0 && html`<p class="empty">${quiet ? t("none-found") : empty || t("none-yet")}</p>`}
    ${found.data && found.data.records.length > 0 && html`<div class="scroll" tabindex="0" role="region" aria-label=${l(kind.label)}><table>
      <thead><tr>${columns.map((field) => html`<th key=${field.name} scope="col">${l(field.label)}</th>`)}<th scope="col">${t("state")}</th></tr></thead>
      <tbody>${found.data.records.map((record) => html`<tr key=${record.id}>
        ${columns.map((field, at) => html`<td key=${field.name}>${at === 0
          ? html`<a href=${link("record", { id: record.id })}>${text(field, record.fields[field.name], record) || t("nameless")}</a>`
          : text(field, record.fields[field.name], record)}</td>`)}
        <td><${State} record=${record} /></td></tr>`)}</tbody>
    </table></div>`}
    ${found.data?.next && html`<p><button type="button" onClick=${() => grow(more + 1)}>${t("more")}</button></p>`}
  </section>`;
}
