// SPDX-License-Identifier: Apache-2.0
// Many by a rule: first what it would come to, then, on an explicit yes, all of it, undone as
// one; or from then on all that comes.
import { html, useState } from "../../html.js";
import { post } from "../../api.js";
import { link, useData, useKinds } from "../../hooks.js";
import { get } from "../../api.js";
import { l, t } from "../../words.js";
import { number } from "../../parts/format.js";
import { called } from "../../parts/conflict.js";
import { Trouble } from "../../parts/notice.js";
import { Standing } from "./standing.js";

const policies = ["prefer-authority", "max", "min", "union", "declared"];

function Sums({ cases, kinds }) {
  const sums = new Map();
  for (const one of cases) {
    const key = one.kind + " " + one.register;
    sums.set(key, { ...one, n: (sums.get(key)?.n || 0) + 1 });
  }
  return html`<ul>${[...sums.values()].map((one) => html`<li key=${one.kind + one.register}>
    ${kinds[one.kind] ? `${l(kinds[one.kind].label)}: ${called(kinds[one.kind], one)}` : one.kind} · ${number(one.n)}</li>`)}</ul>`;
}

export function Rules({ query, session, tell }) {
  const kinds = useKinds();
  const inbox = useData(() => get("inbox", { limit: 1 }), []);
  const standing = useData(() => get("rules"), []);
  const [rule, put] = useState({ policy: query.policy || policies[0], kind: query.kind || "", register: query.register || "", unit: query.unit || "" });
  const [why, type] = useState("");
  const [found, show] = useState(null);
  const [problem, fail] = useState(null);
  if (!kinds || !inbox.data) {
    return html`<h1>${t("rules.title")}</h1><${Trouble} problem=${inbox.problem} />`;
  }
  const set = (name) => (event) => {
    show(null);
    put({ ...rule, [name]: event.target.value, ...(name === "kind" ? { register: "" } : {}) });
  };
  const ask = (preview) => async () => {
    const filled = Object.fromEntries(Object.entries(rule).filter(([, value]) => value));
    try {
      const said = await post("settle", { ...filled, reason: why.trim() || t("rules.policy." + rule.policy), preview });
      fail(null);
      show(preview ? said : null);
      if (!preview) {
        tell({ text: t("rules.done", number(said.settled), number(said.left)), change: said.bulk });
      }
    } catch (wrong) {
      show(null);
      fail(wrong);
    }
  };
  const always = async () => {
    try {
      await post("rule", { ...Object.fromEntries(Object.entries(rule).filter(([, value]) => value)), reason: why.trim() || t("rules.policy." + rule.policy) });
      fail(null);
      show(null);
      tell({ text: t("rules.always-done") });
      standing.again();
    } catch (wrong) {
      fail(wrong);
    }
  };
  const place = inbox.data.units.find((one) => one.unit === rule.unit)?.unit_name || session.scope_name;
  const kind = kinds[rule.kind];
  const groups = (kind?.groups || []).map((group) => group.name);
  const registers = kind ? [...groups, ...kind.fields.filter((field) => !field.key && !field.group).map((field) => field.name)] : [];
  return html`<div class="head"><h1>${t("rules.title")}</h1><a class="button" href=${link("conflicts")}>${t("case.back")}</a></div>
    <p class="help">${t("rules.help")}</p>
    <div class="sheet-head">
      <label class="search"><span>${t("rules.rule")}</span><select onChange=${set("policy")}>
        ${policies.map((one) => html`<option key=${one} value=${one} selected=${one === rule.policy}>${t("rules.policy." + one)}</option>`)}</select></label>
      <label class="search"><span>${t("inbox.kind")}</span><select onChange=${set("kind")}><option value="">${t("inbox.any")}</option>
        ${inbox.data.kinds.map((one) => html`<option key=${one.kind} value=${one.kind} selected=${one.kind === rule.kind}>${l(kinds[one.kind]?.label) || one.kind}</option>`)}</select></label>
      <label class="search"><span>${t("case.part")}</span><select disabled=${!kind} onChange=${set("register")}><option value="">${t("inbox.any")}</option>
        ${registers.map((one) => html`<option key=${one} value=${one} selected=${one === rule.register}>${called(kind, { register: one })}</option>`)}</select></label>
      <label class="search"><span>${t("inbox.place")}</span><select onChange=${set("unit")}><option value="">${t("inbox.any")}</option>
        ${inbox.data.units.map((one) => html`<option key=${one.unit} value=${one.unit} selected=${one.unit === rule.unit}>${one.unit_name}</option>`)}</select></label></div>
    <div class="field"><label for="rule-why">${t("pairs.why")}</label><input id="rule-why" type="text" maxlength="300" onInput=${(event) => type(event.target.value)} /></div>
    <div class="acts"><button type="button" onClick=${ask(true)}>${t("rules.preview")}</button></div>
    <div role="status">${found && html`<section class="outcome" aria-label=${t("rules.preview")}><p>${t("rules.would", number(found.settled), number(found.left))}</p>
      <${Sums} cases=${found.cases} kinds=${kinds} />
      <div class="acts">${found.settled > 0 && html`<button type="button" class="main" onClick=${ask(false)}>${t("rules.do", number(found.settled))}</button>`}
        ${rule.kind && rule.register && rule.policy !== "declared" && html`<button type="button" aria-describedby="always-how" onClick=${always}>${t("rules.always")}</button>`}</div>
      ${rule.kind && rule.register && rule.policy !== "declared" && html`<p class="help" id="always-how">${t("rules.always-how", place)}</p>`}</section>`}</div>
    <${Trouble} problem=${problem} />
    ${standing.data && html`<${Standing} rules=${standing.data} kinds=${kinds} tell=${tell} again=${standing.again} />`}`;
}
