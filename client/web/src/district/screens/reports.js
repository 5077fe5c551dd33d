// SPDX-License-Identifier: Apache-2.0
// What is published, out of the whole district (parts/report_screen.js): counted beside everything
// else, so asked for once and not with each breath.
import { html } from "../../html.js";
import { get } from "../../api.js";
import { letterhead } from "../../parts/paper.js";
import { ReportScreen, useOnce } from "../../parts/report_screen.js";

const ROWS_MOST = 500; // of a list to choose from

const one = async (code) => (await get("units", { code }))[0];
const below = async (code, depth) => (await get("units", { under: code })).slice(0, ROWS_MOST).map((unit) => ({ ...unit, depth }));

// One's own unit and those directly in it, and what lies in the one that is looked at.
async function askUnits(scope, { unit }) {
  const list = [{ ...(await one(scope)), depth: 0 }, ...(await below(scope, 1))];
  const at = list.findIndex((each) => each.code === unit);
  if (at > 0) {
    list.splice(at + 1, 0, ...(await below(unit, 2)));
  } else if (unit && at < 0) {
    const found = await one(unit);
    const above = list.findIndex((each) => each.code === found?.parent);
    list.splice(above < 0 ? list.length : above + 1, 0, ...(above < 0 ? [{ ...found, depth: 1 }] : await below(found.parent, 2)));
  }
  return list;
}

async function lines(code) {
  const unit = await one(code);
  return letterhead(code, unit, unit?.parent && (await one(unit.parent)));
}

export function Reports({ query, session }) {
  const place = { units: (asked) => askUnits(session.scope, asked), lines, useAsked: useOnce, records: session.rights.includes("records"), registers: true, record: null };
  return html`<${ReportScreen} query=${query} place=${place} />`;
}
