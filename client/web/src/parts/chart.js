// SPDX-License-Identifier: Apache-2.0
// Charts drawn by hand, sharp on any paper: bars, stacked bars, a line of years; each with the
// table that says the same. What tells two parts apart is a pattern and a word, not a colour.
import { html } from "../html.js";
import { t } from "../words.js";
import { number } from "./format.js";

const WIDE = 480;
const ROW = 24;
const LABEL = 150;
const AFTER = 125;
const BAR = WIDE - LABEL - AFTER;
const LABEL_MOST = 21;
const ALL = 1000;

// 939 of a thousand: "93,9 %"
export function share(permille) {
  const tenths = permille % 10;
  return Math.floor(permille / 10) + (tenths ? "," + tenths : "") + "\u00a0%";
}

const cut = (text) => (text.length > LABEL_MOST ? text.slice(0, LABEL_MOST - 1) + "…" : text);

// Rounded, but never to all or nothing.
export function permille(value, among) {
  const found = Math.round((value * ALL) / among);
  return found >= ALL && value < among ? ALL - 1 : found === 0 && value > 0 ? 1 : found;
}

function Twin({ label, head, rows }) {
  return html`<details class="twin"><summary>${t("chart.table")}</summary>
    <div class="scroll" tabindex="0" role="region" aria-label=${label}><table>
      <thead><tr>${head.map((one) => html`<th key=${one} scope="col">${one}</th>`)}</tr></thead>
      <tbody>${rows.map((row, at) => html`<tr key=${at}><th scope="row">${row[0]}</th>
        ${row.slice(1).map((one, n) => html`<td key=${n}>${one}</td>`)}</tr>`)}</tbody></table></div></details>`;
}

function Chart({ label, high, head, rows, children }) {
  return html`<figure class="chart"><figcaption>${label}</figcaption>
    <svg viewBox=${`0 0 ${WIDE} ${high}`} role="img" aria-label=${label}>${children}</svg>
    <${Twin} label=${label} head=${head} rows=${rows} /></figure>`;
}

function Aim({ at, from, to, said }) {
  return html`<g class="aim"><line x1=${at} x2=${at} y1=${from} y2=${to} /><text x=${at} y=${from - 4} text-anchor="middle">${said}</text></g>`;
}

// rows: {name, value, among?}; shares where they have a whole, else numbers. aim: permille.
export function Bars({ label, rows, aim, measure }) {
  const shares = rows.some((row) => row.among !== undefined);
  const most = shares ? ALL : Math.max(1, ...rows.map((row) => row.value));
  const size = (row) => (shares ? (row.among > 0 ? permille(row.value, row.among) : 0) : row.value);
  const said = (row) => (shares
    ? `${number(row.value)}/${number(row.among ?? 0)}` + (row.among > 0 ? ` · ${share(size(row))}` : "")
    : number(row.value));
  const top = aim === undefined ? 4 : 20;
  const high = top + rows.length * ROW + 4;
  return html`<${Chart} label=${label} high=${high} head=${[t("chart.unit"), measure || t("chart.number")]}
      rows=${rows.map((row) => [row.name, said(row)])}>
    ${rows.map((row, at) => html`<g key=${at} transform=${`translate(0 ${top + at * ROW})`}>
      <text x=${LABEL - 8} y="16" text-anchor="end">${cut(row.name)}</text>
      <rect class="whole" x=${LABEL} y="3" width=${BAR} height=${ROW - 8} />
      <rect class="bar" x=${LABEL} y="3" width=${Math.max((BAR * size(row)) / most, row.value > 0 ? 1 : 0)} height=${ROW - 8} />
      <text x=${LABEL + BAR + 8} y="16">${said(row)}</text></g>`)}
    ${shares && aim !== undefined && html`<${Aim} at=${LABEL + (BAR * aim) / ALL} from=${top} to=${high - 4} said=${t("chart.aim", share(aim))} />`}
  </${Chart}>`;
}

const PATTERNS = ["full", "lines", "dots", "cross", "none"];

function Patterns({ id }) {
  return html`<defs>
    <pattern id=${id + "lines"} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="back" width="6" height="6" /><rect class="ink" width="3" height="6" /></pattern>
    <pattern id=${id + "dots"} width="6" height="6" patternUnits="userSpaceOnUse"><rect class="back" width="6" height="6" /><circle class="ink" cx="3" cy="3" r="1.6" /></pattern>
    <pattern id=${id + "cross"} width="8" height="8" patternUnits="userSpaceOnUse"><rect class="back" width="8" height="8" /><path class="net" d="M0 0L8 8M8 0L0 8" /></pattern>
  </defs>`;
}

const paint = (id, at) => {
  const name = PATTERNS[at % PATTERNS.length];
  return name === "full" ? { class: "bar" } : name === "none" ? { class: "back edge" }
    : { fill: `url(#${id + name})`, class: "edge" };
};

// rows: {name, values}, of which each bar is made in the order of `parts`, their names.
export function Stack({ label, id, rows, parts }) {
  const keys = 22 * parts.length + 8;
  const high = keys + rows.length * ROW + 4;
  const sum = (row) => row.values.reduce((all, one) => all + one, 0);
  const bars = (row) => {
    let x = LABEL;
    return row.values.map((value, at) => {
      const wide = sum(row) > 0 ? (BAR * value) / sum(row) : 0;
      x += wide;
      return wide > 0 && html`<rect key=${at} x=${x - wide} y="3" width=${wide} height=${ROW - 8} ...${paint(id, at)} />`;
    });
  };
  return html`<${Chart} label=${label} high=${high} head=${[t("chart.unit"), ...parts]}
      rows=${rows.map((row) => [row.name, ...row.values.map((value) => number(value) + (sum(row) > 0 ? ` (${share(permille(value, sum(row)))})` : ""))])}>
    <${Patterns} id=${id} />
    ${parts.map((part, at) => html`<g key=${at} transform=${`translate(0 ${at * 22})`}>
      <rect x="0" y="3" width="22" height="14" ...${paint(id, at)} /><text x="30" y="15">${part}</text></g>`)}
    ${rows.map((row, at) => html`<g key=${at} transform=${`translate(0 ${keys + at * ROW})`}>
      <text x=${LABEL - 8} y="16" text-anchor="end">${cut(row.name)}</text>${bars(row)}
      <text x=${LABEL + BAR + 8} y="16">${row.values.map(number).join(" · ")}</text></g>`)}
  </${Chart}>`;
}

const HIGH = 190;
const LEFT = 66;
const RIGHT = 30;

// years: {year, value, among?}; a gap where a year said nothing. aim: as the values are.
export function Line({ label, years, aim, measure }) {
  const shares = years.some((one) => one.among > 0);
  const points = years.map((one) => ({ ...one, at: one.value === undefined ? null : shares
    ? (one.among > 0 ? permille(one.value, one.among) : null) : one.value }));
  const most = shares ? ALL : Math.max(1, aim || 0, ...points.map((one) => one.at || 0));
  const x = (n) => LEFT + (years.length > 1 ? (n * (WIDE - LEFT - RIGHT)) / (years.length - 1) : 0);
  const y = (value) => 24 + (HIGH - 24) * (1 - value / most);
  const said = (value) => (value === null ? t("chart.nothing") : shares ? share(value) : number(value));
  let pen = "M";
  const path = points.map((one, n) => {
    if (one.at === null) {
      pen = "M";
      return "";
    }
    const step = `${pen}${x(n).toFixed(1)} ${y(one.at).toFixed(1)}`;
    pen = "L";
    return step;
  }).join("");
  const every = Math.ceil(years.length / 12);
  return html`<${Chart} label=${label} high=${HIGH + 30} head=${[t("chart.year"), measure || t("chart.number")]}
      rows=${points.map((one) => [one.year, said(one.at) + (shares && one.at !== null ? ` (${number(one.value)}/${number(one.among)})` : "")])}>
    <g class="axis"><line x1=${LEFT} x2=${WIDE - RIGHT} y1=${HIGH} y2=${HIGH} />
      <text x=${LEFT - 8} y=${HIGH + 4} text-anchor="end">${said(0)}</text><text x=${LEFT - 8} y="28" text-anchor="end">${said(most)}</text></g>
    ${aim !== undefined && html`<g class="aim"><line x1=${LEFT} x2=${WIDE - RIGHT} y1=${y(aim)} y2=${y(aim)} />
      <text x=${WIDE - RIGHT} y=${y(aim) - 5} text-anchor="end">${t("chart.aim", said(aim))}</text></g>`}
    <path class="line" d=${path} />
    ${points.map((one, n) => html`<g key=${one.year}>
      ${one.at !== null && html`<circle class="point" cx=${x(n)} cy=${y(one.at)} r="4" />`}
      ${one.at !== null && n % every === 0 && html`<text x=${x(n)} y=${y(one.at) - 9} text-anchor="middle">${said(one.at)}</text>`}
      ${n % every === 0 && html`<text x=${x(n)} y=${HIGH + 20} text-anchor="middle">${one.year}</text>`}</g>`)}
  </${Chart}>`;
}
