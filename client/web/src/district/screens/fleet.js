// SPDX-License-Identifier: Apache-2.0
// The machines, whom to call first: when each came last, what waits, why it was silent; and the
// way in for a new one.
import { html, useState } from "../../html.js";
import { post } from "../../api.js";
import { usePieces } from "../../hooks.js";
import { t } from "../../words.js";
import { number, sentence, when } from "../../parts/format.js";
import { Trouble } from "../../parts/notice.js";
import { Invitation } from "../invitation.js";
import { Invite } from "../invite.js";

const MINUTE_MS = 60000;
const silent = ["silent", "quiet"];

function tiles(data) {
  const count = (look) => data.looks[look] || 0;
  return [["active", data.active], ["silent", count("silent")], ["quiet", count("quiet")], ["late", count("late")],
    ["version", count("version")], ["revoked", count("revoked")]];
}

// What a person reads out on the telephone, one machine a line.
function calls(rows) {
  return rows.filter((row) => silent.includes(row.look))
    .map((row) => t("desk.fleet.call", row.name, row.unit_name, row.last_contact ? when(row.last_contact) : t("desk.never"))).join("\n");
}

function Why({ row }) {
  const offset = Math.round((row.clock_offset_ms || 0) / MINUTE_MS);
  return html`<ul class="whys">
    ${row.errors.map((error) => html`<li key=${error.key}>${t("desk.fleet.failed", number(error.times), sentence(error.title))}</li>`)}
    ${row.notices.map((notice) => html`<li key=${notice.time}>${t("desk.fleet.notice." + notice.type, when(notice.time))}</li>`)}
    ${offset !== 0 && html`<li>${t("desk.fleet.clock", number(offset))}</li>`}</ul>`;
}

function Revoke({ row, done }) {
  const [reason, say] = useState(null);
  const [problem, fail] = useState(null);
  if (reason === null) {
    return html`<button type="button" onClick=${() => say("")}>${t("desk.fleet.revoke")}</button>`;
  }
  const revoke = (event) => {
    event.preventDefault();
    post("revoke", { device: row.device, reason }).then(() => done(row), fail);
  };
  return html`<form class="inline" onSubmit=${revoke}>
    <p class="warn">${t("desk.fleet.revoke-why")}</p>
    <label>${t("desk.reason")} <input type="text" required maxlength="200" value=${reason} onInput=${(event) => say(event.target.value)} /></label>
    <button type="submit">${t("desk.fleet.revoke-now", row.name)}</button>
    <button type="button" class="plain" onClick=${() => say(null)}>${t("desk.cancel")}</button>
    <${Trouble} problem=${problem} /></form>`;
}

function Row({ row, may, done }) {
  const waits = row.pending > 0 ? t("desk.fleet.waits", number(row.pending), row.pending_since ? when(row.pending_since) : "–") : "";
  return html`<tr><th scope="row">${row.name}<small>${row.role ? t("role." + row.role) : ""} · ${row.unit_name}</small></th>
    <td><strong>${t("desk.look." + row.look)}</strong><${Why} row=${row} /></td>
    <td>${row.last_contact ? when(row.last_contact) : row.expires ? t("desk.fleet.until", when(row.expires)) : t("desk.never")}<small>${waits}</small></td>
    <td>${row.version || ""}<small>${row.epoch ?? ""}</small></td>
    <td>${may && row.state === "active" && html`<${Revoke} row=${row} done=${done} />`}</td></tr>`;
}

export function Fleet({ session, tell }) {
  const { data, problem, again, more } = usePieces("devices", "devices", []);
  const [made, make] = useState(null);
  const may = session.rights.includes("people");
  const done = (row) => {
    tell({ text: t("desk.fleet.revoked", row.name) });
    again();
  };
  const copy = () => navigator.clipboard.writeText(calls(data.devices)).then(() => tell({ text: t("desk.fleet.copied") }), () => {});
  return html`<div class="head"><h1>${t("desk.tab.fleet")}</h1>
      ${data && calls(data.devices) !== "" && html`<button type="button" onClick=${copy}>${t("desk.fleet.copy")}</button>`}</div>
    <${Trouble} problem=${problem} />
    ${data && html`<dl class="tiles">${tiles(data).map(([name, n]) => html`<div key=${name}><dt>${t("desk.tile." + name)}</dt><dd>${number(n)}</dd></div>`)}</dl>`}
    ${may && html`<${Invite} session=${session} made=${(said) => { make(said); again(); }} />`}
    ${made && html`<${Invitation} key=${made.invited.id} made=${made} unit=${data?.devices.find((row) => row.invitation === made.invited.id)?.unit_name || made.invited.unit} away=${() => make(null)} />`}
    ${data && (data.devices.length === 0 ? html`<p class="empty">${t("desk.fleet.none")}</p>` : html`
      <div class="scroll" tabindex="0" role="region" aria-label=${t("desk.tab.fleet")}><table>
      <thead><tr>${["who", "look", "last", "version", "act"].map((name) => html`<th key=${name} scope="col">${t("desk.fleet." + name)}</th>`)}</tr></thead>
      <tbody>${data.devices.map((row) => html`<${Row} key=${row.device || row.invitation} row=${row} may=${may} done=${done} />`)}</tbody></table></div>`)}
    ${more && html`<p><button type="button" onClick=${more}>${t("inbox.more")}</button></p>`}`;
}
