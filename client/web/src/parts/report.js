// SPDX-License-Identifier: Apache-2.0
// A report on one screen, as four questions: how much, where, how it moved, how sure it is.
// It is given what was counted and asks for nothing itself, so that any page can show it.
import { html, useState } from "../html.js";
import { t } from "../words.js";
import { Bars, Line, Stack } from "./chart.js";
import { number } from "./format.js";

export const figuresOf = (report) => report.sections.flatMap((section) => section.figures);

// The first with something to draw.
function firstOf(report) {
  const all = figuresOf(report);
  return (all.find((one) => one.parts?.length > 0 && !one.lack) || all.find((one) => !one.lack) || all[0])?.name;
}

function Row({ figure, behind, chosen, choose }) {
  const link = behind && !figure.lack && behind(figure);
  return html`<tr class=${chosen ? "chosen" : ""}>
    <th scope="row">${figure.label}${figure.note && html`<span class="note">${figure.note}</span>`}</th>
    <td class="figure-text">${link ? html`<a href=${link} title=${t("report.behind")}>${figure.text}</a>` : figure.text}
      ${figure.measure && !figure.lack && html`<small> ${figure.measure}</small>`}</td>
    <td>${figure.share || ""}</td>
    ${choose && html`<td><button type="button" class="plain" aria-pressed=${chosen} aria-label=${t("report.chart-of", figure.label)}
      onClick=${() => choose(figure.name)}>${t("report.chart")}</button></td>`}</tr>`;
}

export function Figures({ report, behind, chosen, choose }) {
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${report.label}><table class="figures">
    <thead><tr><th scope="col">${t("report.figure")}</th><th scope="col">${t("report.number")}</th><th scope="col">${t("report.share")}</th>
      ${choose && html`<th scope="col">${t("report.chart")}</th>`}</tr></thead>
    ${report.sections.map((section) => html`<tbody key=${section.label}><tr class="section"><th scope="rowgroup" colspan=${choose ? 4 : 3}>${section.label}</th></tr>
      ${section.figures.map((figure) => html`<${Row} key=${figure.name} figure=${figure} behind=${behind} chosen=${choose && figure.name === chosen} choose=${choose} />`)}
    </tbody>`)}</table></div>`;
}

const sectionOf = (report, name) => report.sections.find((section) => section.figures.some((one) => one.name === name));

const rowsOf = (figure) => (figure.parts || []).map((part) => ({ name: part.unit_name || part.unit, unit: part.unit, value: part.value, among: part.among }));

// The parts of one whole as bars, all together and unit by unit; of a unit that is itself what
// is counted there is nothing to divide.
function stackOf(section, figure) {
  const same = section.figures.filter((one) => one.over === figure.over && one.as === "number" && one.parts);
  const units = new Map();
  same.forEach((one, at) => rowsOf(one).forEach((row) => {
    const found = units.get(row.unit) || { name: row.name, values: same.map(() => 0) };
    found.values[at] = row.value;
    units.set(row.unit, found);
  }));
  const whole = { name: t("report.together"), values: same.map((one) => one.value ?? 0) };
  const rows = [...units.values()].filter((row) => row.values.reduce((all, one) => all + one, 0) > 1);
  return { parts: same.map((one) => one.label), rows: [whole, ...rows] };
}

export function Where({ report, figure }) {
  const section = sectionOf(report, figure.name);
  const rows = rowsOf(figure);
  const aim = figure.least === undefined ? undefined : figure.aim;
  const few = figure.parts_few && html`<p class="empty">${t("report.parts-few")}</p>`;
  if (rows.length === 0) {
    return few || html`<p class="empty">${t("report.no-parts")}</p>`;
  }
  if (section.whole && figure.as === "number") {
    const { parts, rows: bars } = stackOf(section, figure);
    return html`<${Stack} id=${report.report + figure.name} label=${t("report.stack-of", section.label, report.to)} rows=${bars} parts=${parts} />`;
  }
  const when = figure.over === "period" && report.from !== report.to ? `${report.from}–${report.to}` : report.to;
  return html`<${Bars} label=${t("report.where-of", figure.label, when)} rows=${rows} aim=${aim} measure=${figure.measure} />${few}`;
}

export function Moved({ report, figure }) {
  const said = figure.years.filter((one) => one.value !== undefined);
  const aim = figure.aim === undefined || (figure.least === undefined) !== !figure.years.some((one) => one.among > 0) ? undefined : figure.aim;
  if (figure.before !== undefined && figure.value !== undefined) {
    return html`<${Bars} label=${t("report.pair-of", figure.label)} measure=${figure.measure}
      rows=${[{ name: t("report.now"), value: figure.value }, { name: t("report.before"), value: figure.before }]} />`;
  }
  return said.length < 2 ? html`<p class="empty">${report.from === report.to ? t("report.one-year") : t("report.few-years")}</p>`
    : html`<${Line} label=${t("report.years-of", figure.label)} years=${figure.years} aim=${aim} measure=${figure.measure} />`;
}

export function Sure({ report, figure }) {
  const more = report.silent - report.silent_units.length;
  return html`<p>${report.said.data}.</p>
    ${report.silent > 0 && html`<details><summary>${t("report.silent", number(report.silent), number(report.lowest))}</summary>
      <ul class="silent">${report.silent_units.map((one) => html`<li key=${one.unit}>${one.unit_name} (${one.unit})</li>`)}</ul>
      ${more > 0 && html`<p>${t("report.silent-more", number(more))}</p>`}</details>`}
    <p>${report.said.open || t("report.all-decided")}.</p>
    <p>${t("report.period", report.said.period)}</p>
    ${figure?.source && html`<p>${t("report.source", figure.label, figure.source)}</p>`}`;
}

// `behind(figure)`: where the records behind it are shown; null where they may not be.
export function Report({ report, behind }) {
  const [name, choose] = useState(null);
  const figure = figuresOf(report).find((one) => one.name === (name || firstOf(report)));
  const panel = (key, title, inner) => html`<section class="panel" aria-labelledby=${"panel-" + key}><h2 id=${"panel-" + key}>${title}</h2>${inner}</section>`;
  return html`<p class="period">${report.said.unit} · ${report.said.period}</p>
    <div class="panels">
      ${panel("much", t("report.how-much"), html`<${Figures} report=${report} behind=${behind} chosen=${figure?.name} choose=${choose} />`)}
      ${figure && panel("where", t("report.where"), html`<${Where} report=${report} figure=${figure} />`)}
      ${figure && panel("moved", t("report.moved"), html`<${Moved} report=${report} figure=${figure} />`)}
      ${panel("sure", t("report.sure"), html`<${Sure} report=${report} figure=${figure} />`)}
    </div>`;
}
