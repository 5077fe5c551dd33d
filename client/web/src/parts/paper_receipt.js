// SPDX-License-Identifier: Apache-2.0
// What the district signed that it holds of this laptop's work.
import { html } from "../html.js";
import { t } from "../words.js";
import { number, when } from "./format.js";
import { Closing, four, Letterhead } from "./paper.js";

export function ReceiptPaper({ receipt, unit, member }) {
  const row = (label, value) => html`<tr><th scope="row">${label}</th><td>${value}</td></tr>`;
  return html`<article class="paper"><${Letterhead} unit=${unit} date=${when(receipt.time).slice(6).split("/").reverse().join("-")} />
    <h1>${t("paper.receipt")}</h1><p class="under">${t("paper.receipt-of")}</p>
    <p>${t("paper.receipt-says", number(receipt.seq), when(receipt.time))}</p>
    <table class="pairs"><tbody>
      ${row(t("machine.unit"), unit.name)}${row(t("machine.member"), member)}
      ${row(t("machine.device"), html`<code>${four(receipt.device)}</code>`)}
      ${row(t("paper.receipt-time"), receipt.epoch)}
      ${row(t("paper.receipt-seq"), number(receipt.seq))}
      ${row(t("machine.mark"), html`<code>${four(receipt.head)}</code>`)}
      ${row(t("paper.receipt-server"), html`<code>${four(receipt.server)}</code>`)}
      ${row(t("paper.receipt-signature"), html`<code>${receipt.signature}</code>`)}
    </tbody></table>
    <p>${t("paper.receipt-check")}</p>
    <${Closing} data=${"hamlet:receipt/" + receipt.head} label=${four(receipt.head).slice(0, 19)}
      signers=${[[t("paper.keeper"), member]]} /></article>`;
}
