// SPDX-License-Identifier: Apache-2.0
// A sheet that goes from household to household: the rows of the screen, in their order, with
// what is signed already and room for the rest; what they sign to stands on its back.
import { html } from "../html.js";
import { t } from "../words.js";
import { day, number } from "./format.js";
import { Closing, dots, Letterhead } from "./paper.js";
import { Signature } from "./signature.js";

const TERMS = 8;

function Signed({ commitment }) {
  if (!commitment) {
    return null;
  }
  const { signature, signed_date: date } = commitment.fields;
  return Array.isArray(signature) ? html`<${Signature} strokes=${signature} />` : date ? t("paper.signed") : null;
}

// Who signed in place of the head.
function stands(commitment, household) {
  const name = commitment?.fields.signer_name;
  return name && name !== household.fields.head_name ? " " + t("paper.in-place", name) : "";
}

export function SheetPaper({ unit, code, year, sheet, rows, signed, households }) {
  const here = rows.filter((one) => signed.has(one.id)).length;
  const count = (n) => (n === 0 ? dots("") : number(n));
  const codeText = ["hamlet:sheet", code, year, sheet].join("/");
  return html`<article class="paper sheet-paper"><${Letterhead} unit=${unit} date=${String(year)} />
    <h1>${t("paper.sheet")}</h1><p class="under">${t("paper.sheet-of", year)}</p>
    <p class="numbers">${t("paper.sheet-number", sheet, code)}</p>
    <table><thead><tr><th scope="col">${t("sheet.no")}</th><th scope="col">${t("paper.household")}</th><th scope="col">${t("paper.person")}</th><th scope="col">${t("paper.born")}</th>
      <th scope="col">${t("paper.where")}</th><th scope="col">${t("paper.date")}</th><th scope="col">${t("paper.signature")}</th></tr></thead>
    <tbody>${rows.map((one, at) => {
      const commitment = signed.get(one.id);
      return html`<tr key=${one.id}><td class="mid">${at + 1}</td><td class="mid">${one.fields.household_code || ""}</td>
        <td>${one.fields.head_name}${stands(commitment, one)}</td><td class="mid">${one.fields.birth_year || ""}</td>
        <td>${one.fields.address_text || ""}</td><td class="mid">${commitment?.fields.signed_date ? day(commitment.fields.signed_date) : ""}</td>
        <td class="mid"><${Signed} commitment=${commitment} /></td></tr>`;
    })}</tbody></table>
    <p class="sum">${t("paper.sheet-sum", count(here), number(rows.length), count(signed.size), number(households))}</p>
    <p class="notice-of-data">${t("paper.data")}</p>
    <${Closing} data=${codeText} label=${`${code} · ${year} · ${sheet}`} signers=${[[t("paper.collector"), ""], [t("paper.head"), ""]]} /></article>
    <article class="paper"><h1>${t("paper.terms")}</h1><p class="under">${t("paper.sheet-of", year)}</p>
      <ol>${Array.from({ length: TERMS }, (unused, at) => html`<li key=${at}>${t("paper.term." + (at + 1))}</li>`)}</ol></article>`;
}
