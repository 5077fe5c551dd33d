// SPDX-License-Identifier: Apache-2.0
// Counts of what is never recorded about a person: entered, and listed, as numbers alone.
import { html, useState } from "../../html.js";
import { get, post } from "../../api.js";
import { useData, useKinds } from "../../hooks.js";
import { l, t } from "../../words.js";
import { text } from "../../parts/format.js";
import { Trouble } from "../../parts/notice.js";
import { RecordForm } from "../record_form.js";
import { UnitField } from "../unit_field.js";

const KIND = "statistic";
const LEFT_OUT = ["approved_by"];

function Add({ kind, session, done }) {
  const [unit, put] = useState("");
  const [turn, next] = useState(0);
  const names = kind.fields.map((field) => field.name).filter((name) => !LEFT_OUT.includes(name));
  const send = async (form) => {
    const said = await post("file", { kind: KIND, fields: { ...form, unit: unit || session.scope } });
    next(turn + 1);
    done(said);
  };
  return html`<details class="act"><summary>${t("statistics.add")}</summary><p class="help">${t("statistics.how", session.scope_name)}</p>
    <${UnitField} key=${"u" + turn} label=${t("desk.units.unit")} value=${unit} put=${put} />
    <${RecordForm} key=${turn} kind=${kind} scope="statistic" names=${names} label=${t("statistics.add")} send=${send} /></details>`;
}

export function Statistics({ session, tell }) {
  const kinds = useKinds();
  const [limit, more] = useState(50);
  const { data, problem, again } = useData(() => get("aggregates", { kind: KIND, limit }), [limit]);
  const kind = kinds?.[KIND];
  if (!kind || !data) {
    return html`<h1>${t("desk.tab.statistics")}</h1><${Trouble} problem=${problem} />`;
  }
  const columns = kind.columns.map((name) => kind.fields.find((field) => field.name === name));
  const done = (said) => {
    tell({ text: t("statistics.added"), change: said.change });
    again();
  };
  return html`<h1>${t("desk.tab.statistics")}</h1><p class="help">${t("statistics.why")}</p>
    ${session.rights.includes("judge") && kind.may?.includes("create") && html`<${Add} kind=${kind} session=${session} done=${done} />`}
    <${Trouble} problem=${problem} />
    ${data.records.length === 0 ? html`<p class="empty">${t("statistics.none")}</p>` : html`<div class="scroll" tabindex="0" role="region" aria-label=${t("desk.tab.statistics")}>
      <table><thead><tr><th scope="col">${t("desk.units.unit")}</th>${columns.map((field) => html`<th key=${field.name} scope="col">${l(field.label)}</th>`)}</tr></thead>
      <tbody>${data.records.map((one) => html`<tr key=${one.id}><th scope="row">${one.unit}</th>
        ${columns.map((field) => html`<td key=${field.name}>${text(field, one.fields[field.name], one)}</td>`)}</tr>`)}</tbody></table></div>`}
    ${data.next !== null && html`<p><button type="button" onClick=${() => more(Math.min(200, limit + 50))}>${t("inbox.more")}</button></p>`}`;
}
