// SPDX-License-Identifier: Apache-2.0
// Whose year waits for whom: each unit with its state, what is missing, which days are the last.
import { html, useState } from "../../html.js";
import { get } from "../../api.js";
import { go, link, useData } from "../../hooks.js";
import { t } from "../../words.js";
import { day, number, sentence, thisYear } from "../../parts/format.js";
import { Trouble } from "../../parts/notice.js";
import { Dossier } from "./dossier.js";

// What only an officer can do.
const OURS = ["da_tiep_nhan", "da_tham_dinh", "da_cong_nhan", "da_cong_bo"];
const FIRST = "da_dang_ky";
const RECEIVED = "da_tiep_nhan";
const RETURNED = "da_tra_dang_ky";
const COMMUNE = "xa";

const late = (row) => row.case.deadlines.some((one) => one.passed);
// Skipped steps of the unit are missing, too, and stop nobody; what was returned waits for the unit.
export function waits(row) {
  const missing = row.case.missing.map((one) => one.state);
  const returned = row.case.flags.some((one) => one.flag === RETURNED);
  return !missing.includes(FIRST) && missing.some((one) => OURS.includes(one) && !(returned && one === RECEIVED));
}

export function Due({ how }) {
  return how.deadlines.filter((one) => !one.met).map((one) => html`<span key=${one.deadline} class=${one.passed ? "overdue" : ""}>
    ${one.passed ? t("year.passed", one.label, day(one.last_day)) : t("year.until", one.label, day(one.last_day))}</span>${" "}`);
}

function Row({ row, query, top }) {
  const how = row.case;
  const ours = waits(row);
  return html`<li class=${"card" + (late(row) ? " wrong" : "")}><div><strong>${row.name_of_unit}</strong> · ${sentence(how.label)}${ours && html` <em>${t("office.yours")}</em>`}
      ${how.missing.length > 0 && html`<p>${t("year.missing", how.missing.map((one) => one.text).join("; "))}</p>`}
      <p class="help"><${Due} how=${how} /></p>
      ${how.flags.map((one) => html`<p key=${one.flag} class="warn">${one.label}</p>`)}</div>
    <div class="acts">${how.kind_of_unit === COMMUNE && !top && html`<a class="button" href=${link("office", { ...query, unit: how.unit })}>${t("office.below")}</a>`}
      <a class="button" href=${link("office", { ...query, of: how.unit })}>${t("office.open")}</a></div></li>`;
}

function Queue({ query, session, year }) {
  const [mine, only] = useState(true);
  const unit = query.unit || session.scope;
  const { data, problem } = useData(() => get("cases", { unit, year }), [unit, year]);
  const pick = (event) => /^\d{4}$/.test(event.target.value) && go("office", { ...query, year: event.target.value });
  const rows = data || [];
  const waiting = rows.filter(waits);
  const shown = mine ? waiting : rows;
  return html`<div class="head"><h1>${t("office.title", year)}</h1>
      ${query.unit && query.unit !== session.scope && html`<a class="button" href=${link("office", { year })}>${t("office.up")}</a>`}</div>
    <div class="sheet-head"><label class="search"><span>${t("year")}</span><input type="text" class="short" inputmode="numeric" defaultValue=${year} onChange=${pick} /></label>
      <div class="choices" role="group" aria-label=${t("office.which")}>
        <button type="button" aria-pressed=${mine ? "true" : "false"} onClick=${() => only(true)}>${t("office.mine", number(waiting.length))}</button>
        <button type="button" aria-pressed=${mine ? "false" : "true"} onClick=${() => only(false)}>${t("office.all", number(rows.length))}</button></div></div>
    <${Trouble} problem=${problem} />
    ${data && (shown.length === 0 ? html`<p class="empty">${t("office.none")}</p>` : html`<ul class="cards">
      ${[...shown].sort((a, b) => late(b) - late(a)).map((row) => html`<${Row} key=${row.case.unit} row=${row} query=${{ ...query, year }} top=${row.case.unit === unit} />`)}</ul>`)}`;
}

export function Office({ query, session, tell }) {
  const year = Number(query.year) || thisYear();
  const { of, ...rest } = query;
  return of ? html`<${Dossier} key=${of + year} unit=${of} year=${year} query=${rest} session=${session} tell=${tell} />`
    : html`<${Queue} query=${query} session=${session} year=${year} />`;
}
