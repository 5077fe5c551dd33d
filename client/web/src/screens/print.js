// SPDX-License-Identifier: Apache-2.0
// A paper as it will come out of the printer, and the way to it.
import { html } from "../html.js";
import { get, post } from "../api.js";
import { useData, useKinds } from "../hooks.js";
import { l, t } from "../words.js";
import { text, thisYear } from "../parts/format.js";
import { Trouble } from "../parts/notice.js";
import { Closing, Letterhead, recordCode, unitLines } from "../parts/paper.js";
import { EvaluationPaper } from "../parts/paper_evaluation.js";
import { MinutesPaper } from "../parts/paper_minutes.js";
import { ReceiptPaper } from "../parts/paper_receipt.js";
import { RegistrationPaper } from "../parts/paper_registration.js";
import { SheetPaper } from "../parts/paper_sheet.js";
import { loadSheet, ROWS } from "./sheet.js";

const papers = { minutes: MinutesPaper, registration: RegistrationPaper, evaluation: EvaluationPaper };

// Any other record: its labels and values, under the same head.
function AnyPaper({ record, kind, unit }) {
  const rows = kind.fields.filter((field) => record.fields[field.name] !== undefined && field.type !== "strokes");
  return html`<article class="paper"><${Letterhead} unit=${unit} date="" /><h1>${l(kind.label)}</h1>
    <table class="pairs"><tbody>${rows.map((field) => html`<tr key=${field.name}><th scope="row">${l(field.label)}</th>
      <td>${text(field, record.fields[field.name], record)}</td></tr>`)}</tbody></table>
    <${Closing} ...${recordCode(record)} signers=${[[t("paper.writer"), ""], [t("paper.head"), ""]]} /></article>`;
}

async function askRecord(id) {
  const record = await get("record", { id });
  const made = record.kind === "evaluation"
    ? await post("evaluate", { year: record.fields.year, stage: record.fields.stage, unit: record.unit }) : null;
  return { record, made, unit: await unitLines(record.unit) };
}

async function askSheets(year) {
  const { unit } = await get("status");
  return { code: unit.code, unit: await unitLines(unit.code), ...(await loadSheet(year, true)) };
}

async function askReceipt() {
  const [{ unit }, receipt] = await Promise.all([get("status"), get("receipt")]);
  return { receipt, unit: await unitLines(unit.code) };
}

function Sheets({ data, query }) {
  const all = Array.from({ length: Math.max(1, Math.ceil(data.households.length / ROWS)) }, (unused, at) => at + 1);
  const wanted = query.sheet === "all" ? all : all.filter((one) => one === Number(query.sheet));
  return wanted.map((sheet) => html`<${SheetPaper} key=${sheet} unit=${data.unit} code=${data.code} year=${Number(query.year)} sheet=${sheet}
    rows=${data.households.slice((sheet - 1) * ROWS, sheet * ROWS)} signed=${data.signed} households=${data.households.length} />`);
}

function RecordPaper({ data, kinds }) {
  const { record, unit, made } = data;
  const Paper = papers[record.kind] || AnyPaper;
  return html`<${Paper} record=${record} kind=${kinds[record.kind]} unit=${unit} made=${made} />`;
}

export function Print({ query, session }) {
  const kinds = useKinds();
  const year = Number(query.year) || thisYear();
  const { data, problem } = useData(
    () => (query.id ? askRecord(query.id) : query.sheet ? askSheets(year) : askReceipt()), [query.id, query.sheet, year]);
  return html`<div class="head no-print"><h1>${t("tab.print")}</h1>
      <div class="acts"><button type="button" class="main" disabled=${!data} onClick=${() => print()}>${t("print")}</button>
        <button type="button" onClick=${() => history.back()}>${t("back")}</button></div></div>
    <p class="help no-print">${t("print-help")}</p>
    <${Trouble} problem=${problem} />
    <div class="papers" tabindex="0" role="region" aria-label=${t("tab.print")}>${data && kinds && (data.record ? html`<${RecordPaper} data=${data} kinds=${kinds} />`
      : data.households ? html`<${Sheets} data=${data} query=${{ ...query, year }} />`
      : html`<${ReceiptPaper} receipt=${data.receipt} unit=${data.unit} member=${session.member.name} />`)}</div>`;
}
