// SPDX-License-Identifier: Apache-2.0
// A report as it is sent: every figure with its source, charts of what can be drawn, how far the
// data go, who drew it up and who signs.
import { html } from "../html.js";
import { t } from "../words.js";
import { todayIso } from "./format.js";
import { Closing, Letterhead } from "./paper.js";
import { Figures, Moved, Where } from "./report.js";

const ROWS_MOST = 30; // of a drawing that leaves room for another on its page

// Of each section one drawing of the units and one of the years, where there is something to draw.
function drawings(report) {
  return report.sections.flatMap((section) => {
    const where = section.figures.find((one) => !one.lack && one.parts?.length > 1 && one.parts.length <= ROWS_MOST);
    const moved = section.figures.find((one) => !one.lack && (one.before !== undefined || one.years.filter((year) => year.value !== undefined).length > 1));
    return [where && html`<${Where} key=${section.label + "w"} report=${report} figure=${where} />`,
      moved && html`<${Moved} key=${section.label + "m"} report=${report} figure=${moved} />`];
  }).filter(Boolean);
}

export function ReportPaper({ report, unit, address }) {
  return html`<article class="paper report-paper"><${Letterhead} unit=${unit} date=${todayIso()} />
    <h1>${t("paper.report", report.label)}</h1><p class="under">${report.said.unit}</p><p class="to">${report.said.period}</p>
    <${Figures} report=${report} />
    ${drawings(report)}
    <p>${report.said.data}.</p>
    ${report.said.open && html`<p>${report.said.open}.</p>`}
    <${Closing} data=${address} label=${`${report.report} · ${report.unit} · ${report.from === report.to ? report.to : report.from + "–" + report.to}`}
      signers=${[[t("paper.writer"), ""], [t("paper.chief"), ""]]} /></article>`;
}
