// SPDX-License-Identifier: Apache-2.0
// What is published of the records: which report, of which unit and time; the records that any of
// its figures is made of; its files. `place` is what a laptop's page and the district's have each in
// their own way:
//   units(query)   the units to choose from, as a tree is read: [{code, name, depth}…]
//   lines(code)    the unit's letterhead (paper.js)
//   useAsked       useData, or useOnce where counting is dear
//   records        whether those behind a figure may be seen
//   registers      whether the year's register may be had
//   record(id)     where one of them is shown; null: nowhere
import { html, useEffect, useState } from "../html.js";
import { get, getLong } from "../api.js";
import { go, link, useData, useKinds } from "../hooks.js";
import { l, t } from "../words.js";
import { number, State, text, thisYear } from "./format.js";
import { give } from "./give.js";
import { columnsOf } from "./list.js";
import { Trouble } from "./notice.js";
import { ReportPaper } from "./paper_report.js";
import { Report } from "./report.js";

// What the addresses of a report hold; `to` alone is one year.
const NAMES = ["report", "unit", "from", "to", "as"];
const asked = (query) => Object.fromEntries(NAMES.filter((name) => query[name]).map((name) => [name, query[name]]));

// As useData, asked once: what others write meanwhile is counted when somebody asks again.
export function useOnce(ask, keys) {
  const [state, put] = useState({ data: null, problem: null });
  useEffect(() => {
    let mine = true;
    ask().then((data) => mine && put({ data, problem: null }), (problem) => mine && put({ data: null, problem }));
    return () => { mine = false; };
  }, keys);
  return state;
}

function Chooser({ query, reports, units }) {
  const [form, put] = useState({ from: query.from || "", to: query.to || String(thisYear()), unit: query.unit || units[0].code,
    as: query.as || "", report: query.report || reports[0].report });
  const set = (name) => (event) => {
    const { value } = event.target; // of two events of one moment both count
    put((before) => ({ ...before, [name]: value }));
  };
  const show = (event) => {
    event.preventDefault();
    go("reports", asked(form));
  };
  const field = (name, label, input) => html`<div><label for=${"report-" + name}>${label}</label>${input("report-" + name)}</div>`;
  return html`<form class="chooser no-print" onSubmit=${show}>
    ${field("name", t("report.report"), (id) => html`<select id=${id} value=${form.report} onChange=${set("report")}>
      ${reports.map((one) => html`<option key=${one.report} value=${one.report}>${one.label}</option>`)}</select>`)}
    ${field("unit", t("report.unit"), (id) => html`<select id=${id} value=${form.unit} onChange=${set("unit")}>
      ${units.map((one) => html`<option key=${one.code} value=${one.code}>${"\u00a0\u00a0".repeat(one.depth) + one.name + " (" + one.code + ")"}</option>`)}</select>`)}
    ${field("from", t("report.from"), (id) => html`<input id=${id} class="short" inputmode="numeric" autocomplete="off" placeholder=${t("report.same-year")} defaultValue=${form.from} onInput=${set("from")} />`)}
    ${field("to", t("report.to"), (id) => html`<input id=${id} class="short" autocomplete="off" defaultValue=${form.to} onInput=${set("to")} />`)}
    ${field("as", t("report.as"), (id) => html`<select id=${id} value=${form.as} onChange=${set("as")}>
      <option value="">${t("report.as-then")}</option><option value="today">${t("report.as-today")}</option></select>`)}
    <button class="main">${t("report.show")}</button></form>`;
}

const STEP = 50;

function Behind({ query, kinds, place }) {
  const [most, grow] = useState(STEP);
  const found = place.useAsked(async () => {
    const records = [];
    let some;
    for (let after = 0; after !== null && records.length < most; after = some.next) {
      some = await getLong("report-records", { ...asked(query), figure: query.figure, limit: STEP, after });
      records.push(...some.records);
    }
    return { records, ...some, all: some.count, shown: records };
  }, [JSON.stringify(query), most]);
  const kind = kinds[found.data?.shown[0]?.kind];
  const rows = (found.data?.shown || []).filter((record) => record.kind === kind?.kind);
  const columns = kind ? columnsOf(kind) : [];
  return html`<div class="head"><h1>${t("report.records")}</h1><a class="button" href=${link("reports", asked(query))}>${t("report.back")}</a></div>
    <${Trouble} problem=${found.problem} />
    ${found.data && html`<p class="tally">${t("report.records-of", number(found.data.all))}</p>`}
    ${rows.length > 0 && html`<div class="scroll" tabindex="0" role="region" aria-label=${l(kind.label)}><table>
      <thead><tr>${columns.map((field) => html`<th key=${field.name} scope="col">${l(field.label)}</th>`)}<th scope="col">${t("report.unit")}</th><th scope="col">${t("state")}</th></tr></thead>
      <tbody>${rows.map((record) => html`<tr key=${record.id}>${columns.map((field, at) => html`<td key=${field.name}>${at === 0 && place.record
        ? html`<a href=${place.record(record.id)}>${text(field, record.fields[field.name], record) || t("nameless")}</a>`
        : text(field, record.fields[field.name], record)}</td>`)}<td>${record.unit}</td><td><${State} record=${record} /></td></tr>`)}</tbody></table></div>`}
    ${found.data?.next && html`<p><button type="button" onClick=${() => grow((before) => before + STEP)}>${t("more")}</button></p>`}`;
}

const FORMATS = ["csv", "xlsx", "json"];
const REGISTER = "recognition"; // the report beside which the register stands that is published

// The same figures for a spreadsheet or a program; at the district also the register of the year,
// unit by unit, as a table or under the server's signature.
function Files({ query, report, registers }) {
  const [said, say] = useState("");
  const [problem, fail] = useState(null);
  const fetch = (path, args) => async () => {
    say(t("report.counting"));
    try {
      const { name, bytes } = await getLong(path, args);
      give(bytes, name);
      say(t("report.given", name));
      fail(null);
    } catch (wrong) {
      say("");
      fail(wrong);
    }
  };
  const files = (label, list) => html`<span role="group" aria-label=${label}>${list.map(([name, path, args]) =>
    html`<button key=${name} type="button" class="plain" onClick=${fetch(path, args)}>${t("report.as-file", name)}</button>`)}</span>`;
  const register = { kind: REGISTER, unit: report.unit, year: report.to };
  return html`<div class="files no-print">
    ${files(t("report.files"), FORMATS.map((format) => [format.toUpperCase(), "report", { ...asked(query), format }]))}
    ${registers && report.report === REGISTER && html`<span class="register">${t("report.register", report.to)}
      ${files(t("report.register", report.to), [["CSV", "register", { ...register, format: "csv" }], ["XLSX", "register", { ...register, format: "xlsx" }],
        [t("report.signed"), "register", { ...register, format: "signed-json" }]])}</span>`}
    <span role="status">${said}</span><${Trouble} problem=${problem} /></div>`;
}

function Progress({ come }) {
  return html`<p aria-busy="true" role="status">${come ? t("report.come", Math.floor(come.permille / 10), number(come.rows)) : t("report.counting")}</p>
    ${come && html`<progress max="1000" value=${come.permille} aria-label=${t("report.counting")} />`}`;
}

function Shown({ query, place }) {
  const [come, tell] = useState(null);
  const { data, problem } = place.useAsked(async () => {
    const report = await getLong("report", asked(query), tell);
    tell(null);
    return { report, lines: await place.lines(report.unit) };
  }, [JSON.stringify(asked(query))]);
  if (!data) {
    return html`<${Trouble} problem=${problem} />${!problem && html`<${Progress} come=${come} />`}`;
  }
  const paper = query.paper === "yes";
  const behind = place.records ? (figure) => link("reports", { ...asked(query), figure: figure.name }) : null;
  return html`<${Trouble} problem=${problem} />
    <div class="head"><h1 class=${paper ? "no-print" : ""}>${data.report.label}</h1>
      ${!paper && html`<${Files} query=${query} report=${data.report} registers=${place.registers} />`}<div class="acts">
      ${paper ? html`<button type="button" class="main" onClick=${() => print()}>${t("print")}</button>
          <a class="button" href=${link("reports", asked(query))}>${t("report.back")}</a>`
        : html`<a class="button" href=${link("reports", { ...asked(query), paper: "yes" })}>${t("report.paper")}</a>`}</div></div>
    ${paper ? html`<div class="papers"><${ReportPaper} report=${data.report} unit=${data.lines}
        address=${["hamlet:report", data.report.report, data.report.unit, data.report.from, data.report.day].join("/")} /></div>`
      : html`<${Report} report=${data.report} behind=${behind} />`}`;
}

export function ReportScreen({ query, place }) {
  const kinds = useKinds();
  const { data, problem } = useData(async () => {
    const [reports, units] = await Promise.all([get("reports"), place.units(query)]);
    return { reports, units };
  }, [query.unit]);
  if (!data || !kinds) {
    return html`<h1>${t("tab.reports")}</h1><${Trouble} problem=${problem} />`;
  }
  if (query.figure) {
    return html`<${Behind} query=${query} kinds=${kinds} place=${place} />`;
  }
  return html`${!query.report && html`<h1>${t("tab.reports")}</h1>`}
    ${query.paper !== "yes" && html`<${Chooser} query=${query} reports=${data.reports} units=${data.units} />`}
    ${query.report ? html`<${Shown} query=${query} place=${place} />`
      : html`<ul class="cards">${data.reports.map((one) => html`<li key=${one.report} class="card">
          <div><h2>${one.label}</h2><p class="help">${t("report.has", number(one.figures.length))}</p></div>
          <a class="button" href=${link("reports", { report: one.report, to: String(thisYear()) })}>${t("report.show-of", thisYear())}</a></li>`)}</ul>`}`;
}
