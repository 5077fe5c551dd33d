// SPDX-License-Identifier: Apache-2.0
// One's own passphrase.
import { html } from "../../html.js";
import { t } from "../../words.js";
import { Passphrase } from "../../parts/passphrase.js";

export function Account({ session, meet, tell }) {
  return html`<h1>${t("desk.tab.account")}</h1>
    <p>${session.account} · ${t("role." + session.role)} · ${session.scope_name}</p>
    <h2>${t("desk.passphrase")}</h2>
    <${Passphrase} session=${{ member: { passphrase: true } }} meet=${meet} tell=${tell} stays=${true} />`;
}
