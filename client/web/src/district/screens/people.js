// SPDX-License-Identifier: Apache-2.0
// Who may do what, and where: given beside what a person has, taken away, moved to another unit.
import { html, useState } from "../../html.js";
import { get, post } from "../../api.js";
import { allPieces, useData } from "../../hooks.js";
import { t } from "../../words.js";
import { Trouble } from "../../parts/notice.js";
import { Act } from "../act.js";
import { lower } from "../invite.js";
import { UnitField } from "../unit_field.js";

const shown = (one) => `${one.name} · ${t("role." + one.role)} · ${one.unit_name}`;

// When the machine hears of it, or from this moment on: what that means stands beside it.
function When({ once, put, id }) {
  return html`<fieldset class="choices"><legend>${t("people.when")}</legend>
    ${[[false, "seen"], [true, "once"]].map(([value, name]) => html`<label key=${name}><input type="radio" name=${id} checked=${once === value} onChange=${() => put(value)} />
      ${t("people.when." + name)}</label>`)}</fieldset>`;
}

function Grant({ device, session, done }) {
  const roles = lower(session.role);
  const [unit, put] = useState("");
  const [role, choose] = useState(roles[0]);
  const [name, call] = useState("");
  const send = () => post("grant", { device: device.device, unit, role, ...(name.trim() ? { name: name.trim() } : {}) });
  return html`<${Act} title=${t("people.grant")} ready=${unit !== ""} send=${send} done=${() => done(t("people.granted"))}>
    <${UnitField} label=${t("desk.invite.unit")} value=${unit} put=${put} />
    <div class="field"><label for=${"role-" + device.device}>${t("desk.invite.role")}</label><select id=${"role-" + device.device} value=${role} onChange=${(event) => choose(event.target.value)}>
      ${roles.map((one) => html`<option key=${one} value=${one}>${t("role." + one)}</option>`)}</select></div>
    <div class="field"><label for=${"name-" + device.device}>${t("people.name")}</label>
      <input id=${"name-" + device.device} type="text" maxlength="80" onInput=${(event) => call(event.target.value)} /><p class="help">${t("people.name-how")}</p></div></${Act}>`;
}

function Move({ device, done }) {
  const [unit, put] = useState("");
  const [once, now] = useState(false);
  const send = () => post("move", { device: device.device, unit, "at-once": once });
  return html`<${Act} title=${t("people.move")} ready=${unit !== ""} send=${send} done=${() => done(t("people.moved"))}>
    <p class="help">${t("people.move-how")}</p><${UnitField} label=${t("desk.invite.unit")} value=${unit} put=${put} />
    <${When} id=${"move-" + device.device} once=${once} put=${now} /></${Act}>`;
}

function End({ permit, done }) {
  const [once, now] = useState(false);
  const send = () => post("end", { permit: permit.permit, "at-once": once });
  return html`<${Act} title=${t("people.end")} ready=${true} send=${send} done=${() => done(t("people.ended"))}>
    <${When} id=${"end-" + permit.permit} once=${once} put=${now} /></${Act}>`;
}

function Device({ device, permits, session, done }) {
  return html`<li class="card"><div class="wide"><strong>${device.name}</strong> · ${device.unit_name}
    <ul class="past">${permits.map((one) => html`<li key=${one.permit}>${shown(one)} <em>${one.state === "active" ? "" : t("people.state." + one.state)}</em>
      ${one.state === "active" && html`<${End} permit=${one} done=${done} />`}</li>`)}</ul>
    <${Grant} device=${device} session=${session} done=${done} /><${Move} device=${device} done=${done} /></div></li>`;
}

export function People({ session, tell }) {
  const { data, problem, again } = useData(async () => {
    const [devices, permits] = await Promise.all([allPieces("devices", "devices"), get("permits")]);
    return { devices: devices.filter((one) => one.state === "active"), permits };
  }, []);
  const done = (text) => {
    tell({ text });
    again();
  };
  const of = (device) => data.permits.filter((one) => one.device === device);
  const accounts = data ? data.permits.filter((one) => one.state === "active" && !data.devices.some((each) => each.device === one.device)) : [];
  return html`<h1>${t("desk.tab.people")}</h1><p class="help">${t("people.why")}</p><${Trouble} problem=${problem} />
    ${data && (data.devices.length === 0 ? html`<p class="empty">${t("desk.fleet.none")}</p>` : html`<ul class="cards">
      ${data.devices.map((one) => html`<${Device} key=${one.device} device=${one} permits=${of(one.device)} session=${session} done=${done} />`)}</ul>`)}
    ${accounts.length > 0 && html`<h2>${t("people.accounts")}</h2><ul>${accounts.map((one) => html`<li key=${one.permit}>${shown(one)}</li>`)}</ul>
      <p class="help">${t("people.accounts-how")}</p>`}`;
}
