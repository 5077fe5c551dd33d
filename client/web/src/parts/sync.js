// SPDX-License-Identifier: Apache-2.0
// The line that is always there: what is saved, what waits, when it last went well.
import { html, useEffect, useState } from "../html.js";
import { get, post } from "../api.js";
import { t } from "../words.js";
import { ago, sentence, when } from "./format.js";

const DAY_MS = 86400000;

function ageOf(status) {
  if (status.waiting === 0) {
    return "good";
  }
  const last = status.last_success ? Date.now() - Date.parse(status.last_success) : Infinity;
  return last > 7 * DAY_MS ? "late" : last > 3 * DAY_MS ? "slow" : "good";
}

// What to do and what is safe; what a technician asks for is a press away.
function Reason({ reason }) {
  return html`<details class="why"><summary>${t("sync.failed")}: ${reason.detail}. <u>${t("sync.details")}</u></summary>
    <p>${sentence(reason.title)}</p></details>`;
}

export function SyncLine() {
  const [status, put] = useState(null);
  const [problem, fail] = useState(null);
  const look = () => get("status").then((found) => { put(found); fail(null); }, fail);
  useEffect(() => {
    look();
    const timer = setInterval(look, 60000);
    const names = ["hamlet-sync", "hamlet-records"];
    names.forEach((name) => addEventListener(name, look));
    return () => {
      clearInterval(timer);
      names.forEach((name) => removeEventListener(name, look));
    };
  }, []);
  const send = () => post("sync").then(look, fail);
  if (problem) {
    return html`<div class="sync late" role="status">
      <p><strong>${t("gone.title")}</strong> <span>${t("gone.detail")}</span></p></div>`;
  }
  if (!status) {
    return html`<div class="sync"><p>${t("opening")}</p></div>`;
  }
  const last = status.last_success ? t("sync.last", ago(status.last_success)) : t("sync.never");
  return html`<div class=${"sync " + ageOf(status)}>
    <div><p><strong class="place">${status.unit.name}</strong>
      <span role="status" aria-live="polite"><b>${status.line}</b> · <span title=${when(status.last_success)}>${last}</span></span></p>
      ${status.reason && !status.talking && html`<${Reason} reason=${status.reason} />`}</div>
    <button type="button" disabled=${status.talking} onClick=${send}>${status.talking ? t("sync.talking") : t("sync.now")}</button>
  </div>`;
}
