// SPDX-License-Identifier: Apache-2.0
// Who of the members sits here now.
import { html, useRef, useState } from "../html.js";
import { post } from "../api.js";
import { t } from "../words.js";
import { Trouble } from "../parts/notice.js";

export function SignIn({ session, done }) {
  const [member, choose] = useState(session.members.length === 1 ? session.members[0] : null);
  const [problem, fail] = useState(null);
  const secret = useRef(null);
  const enter = async (who, passphrase) => {
    try {
      done(await post("sign-in", passphrase === undefined ? { user: who.user } : { user: who.user, passphrase }));
    } catch (wrong) {
      fail(wrong);
    }
  };
  const pick = (who) => {
    fail(null);
    choose(who);
    if (!who.passphrase) {
      enter(who);
    }
  };
  const submit = (event) => {
    event.preventDefault();
    enter(member, secret.current.value.normalize("NFC"));
  };
  return html`<main class="alone"><h1>${t("who")}</h1>
    <ul class="members">${session.members.map((who) => html`<li key=${who.user}><button type="button"
      aria-pressed=${member?.user === who.user ? "true" : "false"} onClick=${() => pick(who)}>
      <strong>${who.name}</strong><span>${t("role." + who.role)}</span></button></li>`)}</ul>
    ${member?.passphrase && html`<form onSubmit=${submit}>
      <label for="secret">${t("passphrase-of", member.name)}</label>
      <input id="secret" ref=${secret} type="password" autocomplete="current-password" autofocus />
      <button type="submit" class="main">${t("enter")}</button></form>`}
    <${Trouble} problem=${problem} /></main>`;
}
