// SPDX-License-Identifier: Apache-2.0
// The self-evaluation: every criterion, its figures, its verdict and the evidence for it.
import { html } from "../html.js";
import { l, t } from "../words.js";
import { clause, day, number, sentence, text } from "./format.js";
import { Closing, dots, Letterhead, recordCode } from "./paper.js";

function figures(row) {
  if (row.counted === undefined) {
    return "";
  }
  return number(row.counted) + (row.among === undefined ? "" : "/" + number(row.among)) +
    (row.before === undefined ? "" : ` (${number(row.before)})`);
}

export function EvaluationPaper({ record, kind, unit, made }) {
  const { fields } = record;
  const answers = Object.fromEntries((fields.answers || []).map((one) => [one.criterion_id, one]));
  const result = kind.fields.find((one) => one.name === "result");
  const why = kind.fields.find((one) => one.name === "override_reason");
  return html`<article class="paper"><${Letterhead} unit=${unit} date=${fields.evaluated_on} />
    <h1>${t("paper.evaluation")}</h1><p class="under">${t("paper.evaluation-of", fields.year)}</p>
    <p>${t("paper.evaluation-by", made.label, day(made.window.from), day(made.window.to))}</p>
    <table><thead><tr><th scope="col">${t("paper.no")}</th><th scope="col">${t("paper.criterion")}</th><th scope="col">${t("paper.figures")}</th>
      <th scope="col">${t("paper.result")}</th><th scope="col">${t("paper.evidence")}</th></tr></thead>
    <tbody>${made.criteria.map((row) => html`<tr key=${row.id} class=${row.depth === 0 ? "whole-row" : ""}><td>${clause(row.id)}</td><td>${sentence(row.text)}</td>
      <td class="mid">${figures(row)}</td><td class="mid">${sentence(t("evaluated." + row.verdict))}</td>
      <td>${[answers[row.id]?.evidence, answers[row.id]?.override_reason].filter(Boolean).join("; ")}</td></tr>`)}</tbody></table>
    <p>${t("paper.evaluation-counted", sentence(t("evaluated." + made.evaluated)))}</p>
    <p><strong>${t("paper.evaluation-result", fields.result ? text(result, fields.result) : dots(""))}</strong>
      ${fields.override_reason ? ` (${l(why.label)}: ${text(why, fields.override_reason)})` : ""}</p>
    <${Closing} ...${recordCode(record)} signers=${[[t("paper.writer"), ""], [t("paper.head"), ""]]} /></article>`;
}
