// SPDX-License-Identifier: Apache-2.0
// A unit, found by a few letters of its name or by its code, chosen out of a list.
import { html, useState } from "../html.js";
import { get } from "../api.js";
import { useData, useQuiet } from "../hooks.js";
import { t } from "../words.js";

const LEAST = 2;
const QUIET_MS = 200;
let made = 0;

const shown = (unit) => t("desk.unit", unit.name, unit.code, unit.parent || "–");

export function UnitField({ label, value, put }) {
  const [id] = useState(() => "unit-" + ++made);
  const [typed, type] = useState("");
  const search = useQuiet(typed.trim(), QUIET_MS);
  const { data } = useData(() => (search.length < LEAST ? Promise.resolve([]) : get("units", { search })), [search]);
  const found = (data || []).filter((unit) => unit.open);
  return html`<div class="field"><label for=${id}>${label}</label>
    <input id=${id} type="text" autocomplete="off" value=${typed} placeholder=${t("desk.unit.search")}
      onInput=${(event) => { type(event.target.value); put(""); }} />
    ${found.length > 0 && html`<select aria-label=${label} size=${Math.min(8, found.length + 1)} value=${value} onChange=${(event) => put(event.target.value)}>
      <option value="">${t("desk.unit.choose", found.length)}</option>
      ${found.map((unit) => html`<option key=${unit.code} value=${unit.code}>${shown(unit)}</option>`)}</select>`}</div>`;
}
