// SPDX-License-Identifier: Apache-2.0
// What is published, out of what this laptop holds (parts/report_screen.js).
import { html } from "../html.js";
import { all, get } from "../api.js";
import { link, useData } from "../hooks.js";
import { unitLines } from "../parts/paper.js";
import { ReportScreen } from "../parts/report_screen.js";

// The own unit and those in it, as a tree is read.
async function askUnits() {
  const [{ unit }, units] = await Promise.all([get("status"), all({ kind: "unit" })]);
  const fields = units.map((one) => one.fields).filter((one) => one.code);
  const list = [];
  const put = (code, depth) => {
    const own = fields.find((one) => one.code === code);
    list.push({ code, name: own?.name || code, depth });
    if (depth < 8) {
      fields.filter((one) => one.parent_code === code && one.code !== code).forEach((one) => put(one.code, depth + 1));
    }
  };
  put(unit.code, 0);
  return list;
}

const place = { units: askUnits, lines: unitLines, useAsked: useData, records: true, record: (id) => link("record", { id }) };

export function Reports({ query }) {
  return html`<${ReportScreen} query=${query} place=${place} />`;
}
