// SPDX-License-Identifier: Apache-2.0
// Letting a machine in: for which unit, in which role, whom it is for.
import { html, useState } from "../html.js";
import { post } from "../api.js";
import { t } from "../words.js";
import { Trouble } from "../parts/notice.js";
import { UnitField } from "./unit_field.js";

// Lower than one's own, but for the admin; the server says it again.
const roles = ["recorder", "hamlet_head", "unit_officer", "commune_officer", "commune_chair", "district_officer", "district_chair", "viewer"];
const ranks = { commune_officer: 3, district_officer: 6 };

export const lower = (role) => roles.slice(0, ranks[role] ?? roles.length);

export function Invite({ session, made }) {
  const [unit, put] = useState("");
  const [role, choose] = useState("recorder");
  const [name, call] = useState("");
  const [problem, fail] = useState(null);
  const mine = lower(session.role);
  const send = (event) => {
    event.preventDefault();
    post("invite", { unit, role, name }).then((said) => {
      fail(null);
      call("");
      made(said);
    }, fail);
  };
  return html`<details class="act"><summary>${t("desk.invite")}</summary><form onSubmit=${send}>
    <${UnitField} label=${t("desk.invite.unit")} value=${unit} put=${put} />
    <div class="field"><label for="invite-role">${t("desk.invite.role")}</label>
      <select id="invite-role" value=${role} onChange=${(event) => choose(event.target.value)}>
        ${mine.map((one) => html`<option key=${one} value=${one}>${t("role." + one)}</option>`)}</select></div>
    <div class="field"><label for="invite-name">${t("desk.invite.name")}</label>
      <input id="invite-name" type="text" required maxlength="80" value=${name} onInput=${(event) => call(event.target.value)} /></div>
    <p><button type="submit" disabled=${unit === "" || name.trim() === ""}>${t("desk.invite.make")}</button></p>
    <${Trouble} problem=${problem} /></form></details>`;
}
