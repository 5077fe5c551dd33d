// SPDX-License-Identifier: Apache-2.0
// Values as people read them. Numbers have points, dates are dd/mm/yyyy, times +07:00.
import { html } from "../html.js";
import { l, t } from "../words.js";

const HOURS_7 = 7 * 3600000;

const two = (n) => String(n).padStart(2, "0");

export function number(n) {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ".");
}

// The store's sentences begin small, as they follow a program's name.
export function sentence(said) {
  return said ? said.charAt(0).toUpperCase() + said.slice(1) : "";
}

// The law's letter đ is "dd" where only a to z may stand: 4.3.dd.
export function clause(id) {
  return id.replace(/\bdd$/, "đ");
}

// 2026-03-05, 2026-03 or 2026
export function day(text) {
  return String(text).split("-").reverse().join("/");
}

export function when(iso) {
  if (!iso) {
    return "";
  }
  const at = new Date(Date.parse(iso) + HOURS_7);
  return `${two(at.getUTCHours())}:${two(at.getUTCMinutes())} ${two(at.getUTCDate())}/${two(at.getUTCMonth() + 1)}/${at.getUTCFullYear()}`;
}

// The time of day where it was today, else the day.
export function ago(iso) {
  const at = when(iso);
  const now = when(new Date().toISOString());
  return at.slice(6) === now.slice(6) ? t("today", at.slice(0, 5)) : at;
}

export function thisYear() {
  return new Date(Date.now() + HOURS_7).getUTCFullYear();
}

export function today() {
  return when(new Date().toISOString()).slice(6);
}

export function todayIso() {
  return today().split("/").reverse().join("-");
}

function choice(field, value) {
  const found = (field.values || []).find((one) => one.value === value);
  return found ? l(found.label) : String(value);
}

// A value as one line of text.
export function text(field, value, record) {
  if (value === undefined || value === null || value === "") {
    return "";
  }
  switch (field.type) {
    case "boolean":
      return value ? t("yes") : t("no");
    case "integer":
      return field.plain ? String(value) : number(value);
    case "date":
    case "partial_date":
      return day(value);
    case "enum":
      return choice(field, value);
    case "set":
      return value.map((one) => choice(field, one)).join(", ");
    case "list":
      return value.map((one) => text(field.item, one, record)).join("; ");
    case "object":
      return (field.members || []).filter((one) => value[one.name] !== undefined)
        .map((one) => `${l(one.label)}: ${text(one, value[one.name], record)}`).join(", ");
    case "ref":
      return record?.names?.[field.name] || t("unknown-record");
    case "strokes":
      return t("signed-by-pen");
    default:
      return String(value);
  }
}

// The states as words that people say, with a sign that is not colour alone.
const marks = { quarantined: "!", conflict: "↔", local: "○", sent: "↑", received: "✓", accepted: "✓" };

export function State({ record }) {
  const state = record.deleted ? "deleted" : record.state;
  return html`<span class=${"state " + state}><span aria-hidden="true">${marks[state] || "–"}</span> ${t("state." + state)}</span>`;
}
