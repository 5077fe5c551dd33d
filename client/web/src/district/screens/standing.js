// SPDX-License-Identifier: Apache-2.0
// Rules that decide as conflicts come: whose, since when, what they did; ended, and taken back.
import { html, useState } from "../../html.js";
import { post } from "../../api.js";
import { l, t } from "../../words.js";
import { number, when } from "../../parts/format.js";
import { called } from "../../parts/conflict.js";
import { Trouble } from "../../parts/notice.js";

function said(kinds, rule) {
  const kind = kinds[rule.kind];
  return kind ? `${l(kind.label)}: ${called(kind, rule)} · ${t("rules.policy." + rule.policy)}` : `${rule.kind}: ${rule.register}`;
}

function over(rule) {
  return rule.ended_by ? t("rules.over", rule.ended_by, when(rule.ended)) : t("rules.over-itself", when(rule.ended));
}

// What it decided is taken back once it has ended, or it would decide the same again.
function Acts({ rule, tell, again, fail }) {
  const back = (act) => () => post("undo", { change: act.bulk }).then(() => {
    tell({ text: t("rules.taken") });
    again();
  }, fail);
  return html`<div class="acts">${rule.acts.map((act) => html`<button key=${act.bulk} type="button" onClick=${back(act)}>
    ${t("rules.back", number(act.settled), when(act.time))}</button>`)}</div>`;
}

function Rule({ rule, kinds, tell, again }) {
  const [problem, fail] = useState(null);
  const end = () => post("rule-end", { rule: rule.rule }).then(() => {
    tell({ text: t("rules.ended") });
    again();
  }, fail);
  return html`<li class="card"><div><strong>${said(kinds, rule)}</strong>
      <p>${rule.unit_name} · ${t("rules.did", number(rule.settled))}</p>
      <p class="help">${t("rules.whose", rule.by, when(rule.begun), rule.reason)}${rule.ended ? " · " + over(rule) : ""}</p>
      ${rule.ended && html`<${Acts} rule=${rule} tell=${tell} again=${again} fail=${fail} />`}<${Trouble} problem=${problem} /></div>
    ${!rule.ended && html`<div class="acts"><button type="button" onClick=${end}>${t("rules.end")}</button></div>`}</li>`;
}

export function Standing({ rules, kinds, tell, again }) {
  const row = (rule) => html`<${Rule} key=${rule.rule} rule=${rule} kinds=${kinds} tell=${tell} again=${again} />`;
  const [now, past] = [rules.filter((rule) => !rule.ended), rules.filter((rule) => rule.ended)];
  return html`<h2>${t("rules.standing")}</h2>
    ${now.length === 0 ? html`<p class="empty">${t("rules.none")}</p>` : html`<ul class="cards">${now.map(row)}</ul>`}
    ${past.length > 0 && html`<details><summary>${t("rules.past", number(past.length))}</summary><ul class="cards">${past.map(row)}</ul></details>`}`;
}
