// SPDX-License-Identifier: Apache-2.0
// This laptop: who it belongs to, what the district has of it, who may sit at it.
import { html, useState } from "../html.js";
import { get, post } from "../api.js";
import { link, useData } from "../hooks.js";
import { speak, spoken, t } from "../words.js";
import { number, when } from "../parts/format.js";
import { Files } from "../parts/files.js";
import { Trouble } from "../parts/notice.js";
import { Forgotten, Passphrase } from "../parts/passphrase.js";

function Receipt({ receipt }) {
  if (!receipt) {
    return html`<p class="empty">${t("machine.no-receipt")}</p>`;
  }
  return html`<p>${t("machine.receipt", number(receipt.seq), when(receipt.time))}</p>
    <p class="code">${t("machine.mark")} <code>${receipt.head}</code></p>
    <div class="acts"><a class="button" href=${link("print", { receipt: 1 })}>${t("machine.receipt-print")}</a></div>`;
}

async function ask() {
  const [status, receipt] = await Promise.all([get("status"), get("receipt").catch((problem) => {
    if (problem.status === 404) {
      return null;
    }
    throw problem;
  })]);
  return { status, receipt };
}

export function Machine({ session, meet, leave, tell }) {
  const { data, problem } = useData(ask, []);
  const [checked, put] = useState(null);
  const [wrong, fail] = useState(null);
  const verify = async () => {
    put(t("machine.checking"));
    try {
      const found = await post("verify");
      fail(null);
      put(t("machine.checked", number(found.changes)));
    } catch (bad) {
      put(null);
      fail(bad);
    }
  };
  const turn = () => {
    const next = spoken() === "vi" ? "en" : "vi";
    localStorage.setItem("hamlet-lang", next);
    speak(next);
    meet({ ...session });
  };
  if (!data) {
    return html`<h1>${t("tab.machine")}</h1><${Trouble} problem=${problem} />`;
  }
  const { status } = data;
  return html`<h1>${t("tab.machine")}</h1>
    <dl class="fields">
      <div><dt>${t("machine.unit")}</dt><dd>${status.unit.name}</dd></div>
      <div><dt>${t("machine.member")}</dt><dd>${session.member.name} (${t("role." + session.member.role)})</dd></div>
      <div><dt>${t("machine.saved")}</dt><dd>${number(status.saved)}</dd></div>
      <div><dt>${t("machine.waiting")}</dt><dd>${number(status.waiting)}</dd></div>
      <div><dt>${t("machine.held")}</dt><dd>${number(status.held)}</dd></div>
      <div><dt>${t("machine.last")}</dt><dd>${when(status.last_success) || t("sync.never")}</dd></div>
      <div><dt>${t("machine.version")}</dt><dd>${status.version}</dd></div>
      <div><dt>${t("machine.device")}</dt><dd><code>${status.device}</code></dd></div>
    </dl>
    <h2>${t("machine.receipt-title")}</h2><${Receipt} receipt=${data.receipt} />
    <h2>${t("files.title")}</h2><${Files} />
    <h2>${t("machine.check-title")}</h2>
    <p><button type="button" onClick=${verify}>${t("machine.check")}</button> <span role="status">${checked}</span></p>
    <${Trouble} problem=${wrong || problem} />
    <h2>${t("machine.people")}</h2><p>${t("machine.people-help", Math.round(session.idle_s / 60))}</p>
    <${Passphrase} key=${session.member.passphrase} session=${session} meet=${meet} tell=${tell} />
    <${Forgotten} session=${session} meet=${meet} tell=${tell} />
    <div class="acts"><button type="button" onClick=${leave}>${t("machine.leave")}</button>
      <button type="button" onClick=${turn}>${t("machine.language")}</button></div>`;
}
