// SPDX-License-Identifier: Apache-2.0
// The registration of a unit for a year, as it is handed in.
import { html } from "../html.js";
import { l, t } from "../words.js";
import { text } from "./format.js";
import { Closing, dots, Letterhead, recordCode } from "./paper.js";

// In the paper's own sentences, or of the office that receives it.
const APART = ["year", "reg_type", "unit_kind", "registrant_name", "registrant_title", "signed_date", "to_body", "targets", "models",
  "received_by", "received_at", "receive_no", "confirmed_on", "has_party_body"];

// What a hamlet's paper names in any case, with room to write it by hand.
const ASKED = ["party_resolution_no", "party_resolution_date", "households_resident", "households_signed"];

export function RegistrationPaper({ record, kind, unit }) {
  const { fields } = record;
  const asked = (fields.unit_kind || "khu_dan_cu") === "khu_dan_cu" ? ASKED : [];
  const rest = kind.fields.filter((field) => !APART.includes(field.name) && (fields[field.name] !== undefined || asked.includes(field.name)));
  const list = (title, items) => items?.length > 0 && html`<h2>${title}</h2>${items.map((one, at) => html`<p key=${at}>- ${typeof one === "string" ? one : text({ type: "text" }, one)}</p>`)}`;
  const named = (name) => l(kind.fields.find((field) => field.name === name).label);
  return html`<article class="paper"><${Letterhead} unit=${unit} date=${fields.signed_date} />
    <h1>${t("paper.registration")}</h1>
    <p class="under">${fields.reg_type === "mo_hinh" ? t("paper.registration-model", fields.year) : t("paper.registration-of", fields.year)}</p>
    <p class="to">${t("paper.to", dots(fields.to_body || unit.above))}</p>
    <p>${t("paper.registration-says", unit.name, fields.year)}</p>
    ${rest.map((field) => html`<p key=${field.name}>- ${l(field.label)}: ${dots(text(field, fields[field.name], record))}</p>`)}
    ${list(named("models"), fields.models)}${list(named("targets"), fields.targets)}
    <p>${t("paper.registration-ends", unit.name)}</p>
    <${Closing} ...${recordCode(record)} signers=${[[t("paper.received"), ""], [fields.registrant_title || t("paper.head"), fields.registrant_name]]} /></article>`;
}
