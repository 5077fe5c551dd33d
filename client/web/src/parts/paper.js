// SPDX-License-Identifier: Apache-2.0
// An A4 page as offices lay it out (Decree 30/2020): the nation and its motto, the unit's line,
// place and date; who signs; and a code by which the sheet is found again.
import { html, useEffect, useState } from "../html.js";
import { all, get } from "../api.js";
import { t } from "../words.js";
import { Squares } from "./squares.js";

const two = (n) => String(n).padStart(2, "0");

// "ngày 05 tháng 02 năm 2026": days below 10 and the first two months have two digits.
export function longDay(iso) {
  const [year, month, day] = String(iso || "").split("-").map(Number);
  if (!day) {
    return t("paper.no-day", year || "…………");
  }
  return t("paper.day", two(day), month < 3 ? two(month) : month, year);
}

export const four = (hex) => hex.replace(/(.{4})(?=.)/g, "$1 ");

export const dots = (text) => (text === undefined || text === null || text === "" ? "……………" : text);

const TYPES = ["xa", "phuong", "thi-tran", "dac-khu"];

function named(unit) {
  const type = TYPES.includes(unit.type) ? t("unit." + unit.type) : "";
  return type === "" || unit.name.toLowerCase().startsWith(type.toLowerCase()) ? unit.name : type + " " + unit.name;
}

// The unit and the one that it lies in, by their names: {name, above, place}.
export async function unitLines(code) {
  const find = async (one) => (one ? (await all({ kind: "unit", where: "code=" + one }))[0]?.fields : undefined);
  const unit = await find(code);
  return letterhead(code, unit, await find(unit?.parent_code));
}

export function letterhead(code, unit, above) {
  return {
    name: unit ? named(unit) : code,
    above: above && TYPES.includes(above.type) ? t("paper.committee", named(above)) : above ? named(above) : "",
    place: above?.name || "",
  };
}

export function Letterhead({ unit, date }) {
  return html`<header class="letterhead">
    <div><p>${unit.above}</p><p class="own">${unit.name}</p><hr /></div>
    <div><p class="nation">${t("paper.nation")}</p><p class="motto">${t("paper.motto")}</p><hr />
      <p class="place">${unit.place ? unit.place + ", " : ""}${longDay(date)}</p></div></header>`;
}

// The code of the paper and its signers side by side: [[title, name]…].
export function Closing({ signers, data, label }) {
  return html`<div class="closing"><${Code} data=${data} label=${label} />
    <div class="signers">${signers.map(([title, name]) => html`<div key=${title}><p class="title">${title}</p>
      <p class="how">${t("paper.sign-here")}</p><p class="name">${name || ""}</p></div>`)}</div></div>`;
}

// Of a record: its id, as a reader of codes and a person take it.
export function recordCode(record) {
  return { data: "hamlet:record/" + record.id, label: four(record.id) };
}

// A QR code; `label` is what may be typed instead.
export function Code({ data, label }) {
  const [rows, put] = useState(null);
  useEffect(() => {
    get("qr", { text: data }).then((made) => put(made.rows), () => put([]));
  }, [data]);
  return html`<figure class="code" aria-busy=${rows === null ? "true" : undefined}>
    ${rows?.length > 0 && html`<${Squares} rows=${rows} label=${t("paper.code")} />`}
    <figcaption>${label}</figcaption></figure>`;
}
