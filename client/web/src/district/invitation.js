// SPDX-License-Identifier: Apache-2.0
// An invitation, shown once: as a file for a stick, a link to copy, a code for a camera; and in
// groups for who has nothing but a keyboard.
import { html, useState } from "../html.js";
import { t } from "../words.js";
import { when } from "../parts/format.js";
import { unpacked } from "../parts/base64.js";
import { give } from "../parts/give.js";
import { Squares } from "../parts/squares.js";

const GROUP = 5;

const groups = (text) => text.match(new RegExp(`.{1,${GROUP}}`, "g"));

export function Invitation({ made, unit, away }) {
  const [copied, say] = useState(false);
  const { link, name, expires } = made.invited;
  const copy = () => navigator.clipboard.writeText(link).then(() => say(true), () => {});
  const save = () => give(unpacked(link.replace(/^hamlet:/, "")), name.replace(/[^\p{L}\p{N}]+/gu, "-") + ".hmi");
  return html`<section class="card code-card" aria-label=${t("desk.invite.code")}>
    <div><h2>${t("desk.invite.for", name, unit)}</h2><p>${t("desk.invite.once", when(expires))}</p>
      <ul><li>${t("desk.invite.file")} <button type="button" class="main" onClick=${save}>${t("desk.invite.save")}</button></li>
        <li>${t("desk.invite.link")} <button type="button" onClick=${copy}>${t("desk.invite.copy")}</button> <span role="status">${copied ? t("desk.invite.copied") : ""}</span></li>
        <li>${t("desk.invite.qr")}</li></ul>
      <details><summary>${t("desk.invite.type")}</summary><p class="help">${t("desk.invite.type-how", link.length)}</p>
        <p><code class="typed grouped">${groups(link).map((each, at) => html`<span key=${at}>${each}</span>`)}</code></p></details>
      <p><button type="button" onClick=${away}>${t("desk.invite.put-away")}</button></p></div>
    <${Squares} rows=${made.qr.rows} label=${t("desk.invite.code")} /></section>`;
}
