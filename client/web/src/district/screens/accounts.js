// SPDX-License-Identifier: Apache-2.0
// Who may sign in at this page, as what and where: added, given a new code, ended.
import { html, useState } from "../../html.js";
import { get, post } from "../../api.js";
import { useData } from "../../hooks.js";
import { t } from "../../words.js";
import { Trouble } from "../../parts/notice.js";
import { Act } from "../act.js";

const roles = ["commune_officer", "commune_chair", "district_officer", "district_chair", "district_admin", "viewer", "auditor"];

// Who works in a commune is given one; who works for the district, the whole of it; others either.
function places(role, session, below) {
  const own = { code: session.scope, shown: session.scope_name };
  const communes = below.filter((unit) => unit.open && unit.level === "commune")
    .map((unit) => ({ code: unit.code, shown: `${unit.name} (${unit.code})` }));
  if (role.startsWith("commune_")) {
    return communes.length > 0 ? communes : [own];
  }
  return role.startsWith("district_") ? [own] : [own, ...communes];
}

function Add({ session, done }) {
  const { data } = useData(() => get("units", { under: session.scope }), []);
  const [name, call] = useState("");
  const [role, choose] = useState(roles[0]);
  const [chosen, put] = useState("");
  const all = places(role, session, data || []);
  const unit = all.some((one) => one.code === chosen) ? chosen : all.length === 1 ? all[0].code : "";
  const send = () => post("account-add", { name: name.trim(), role, unit });
  return html`<${Act} title=${t("accounts.add")} ready=${name.trim() !== "" && unit !== ""} send=${send} done=${(said) => { call(""); put(""); done(said); }}>
    <div class="field"><label for="account-name">${t("accounts.name")}</label>
      <input id="account-name" type="text" required maxlength="80" autocomplete="off" value=${name} onInput=${(event) => call(event.target.value)} />
      <p class="help">${t("accounts.name-how")}</p></div>
    <div class="field"><label for="account-role">${t("desk.invite.role")}</label>
      <select id="account-role" value=${role} onChange=${(event) => choose(event.target.value)} aria-describedby="account-may">
        ${roles.map((one) => html`<option key=${one} value=${one}>${t("role." + one)}</option>`)}</select>
      <p class="help" id="account-may">${t("accounts.may." + role)}</p></div>
    <div class="field"><label for="account-unit">${t("accounts.unit")}</label>
      <select id="account-unit" value=${unit} onChange=${(event) => put(event.target.value)}>
        ${unit === "" && html`<option value="">${t("desk.unit.choose", all.length)}</option>`}
        ${all.map((one) => html`<option key=${one.code} value=${one.code}>${one.shown}</option>`)}</select></div></${Act}>`;
}

// Told once, to whoever hands it on.
function Code({ made, away }) {
  return html`<section class="conflict" aria-label=${t("desk.code")}><h2>${t("accounts.code", made.name)}</h2>
    <p><code class="typed large">${made.code}</code></p><p>${t("accounts.code-how", location.origin + "/", t("desk.first"))}</p>
    <p><button type="button" onClick=${away}>${t("accounts.away")}</button></p></section>`;
}

const unused = (one) => one.server && !one.passphrase && !one.code;
const state = (one) => (one.passphrase ? "in" : one.code ? "invited" : unused(one) ? "server" : "late");

function Row({ one, own, show, done }) {
  return html`<li class="card"><div class="wide"><strong>${one.name}</strong> · ${t("role." + one.role)} · ${one.unit_name}
    <p class="help">${own ? t("accounts.self") : t("accounts.state." + state(one))}</p>
    ${!own && !unused(one) && html`<${Act} title=${t("accounts.again")} ready=${true} send=${() => post("account-code", { name: one.name })} done=${show}><p class="help">${t("accounts.again-how", one.name)}</p></${Act}>
      ${!one.server && html`<${Act} title=${t("accounts.end")} ready=${true} send=${() => post("account-end", { name: one.name })} done=${done}><p class="help">${t("accounts.end-how", one.name)}</p></${Act}>`}`}</div></li>`;
}

export function Accounts({ session, tell }) {
  const { data, problem, again } = useData(() => get("accounts"), []);
  const [made, make] = useState(null);
  const show = (said) => {
    make(said);
    again();
  };
  const ended = (one) => () => {
    tell({ text: t("accounts.ended", one.name) });
    again();
  };
  return html`<h1>${t("desk.tab.accounts")}</h1><p class="help">${t("accounts.why")}</p><${Trouble} problem=${problem} />
    ${made && html`<${Code} made=${made} away=${() => make(null)} />`}
    <${Add} session=${session} done=${show} />
    ${data && html`<ul class="cards">${data.map((one) => html`<${Row} key=${one.user} one=${one} own=${one.user === session.user} show=${show} done=${ended(one)} />`)}</ul>`}`;
}
