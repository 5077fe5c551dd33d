// SPDX-License-Identifier: Apache-2.0
// Who of the members sits here now; and behind what locks, when somebody went away.
import { html, useEffect, useRef, useState } from "../html.js";
import { post } from "../api.js";
import { t } from "../words.js";
import { Trouble } from "../parts/notice.js";

function Secret({ member, turn, enter, problem }) {
  const secret = useRef(null);
  const [busy, work] = useState(false);
  useEffect(() => secret.current.focus(), [turn]);
  useEffect(() => {
    if (problem) {
      secret.current.select();
    }
  }, [problem]);
  const submit = async (event) => {
    event.preventDefault();
    if (secret.current.value === "") {
      secret.current.focus();
    } else if (!busy) {
      work(true);
      await enter(member, secret.current.value);
      work(false);
    }
  };
  return html`<form noValidate class=${problem ? "wrong" : ""} onSubmit=${submit}>
    <div class="field"><label for="secret">${t("passphrase-of", member.name)}</label>
      <input id="secret" ref=${secret} type="password" autocomplete="off" aria-required="true"
        aria-invalid=${problem ? "true" : undefined} aria-describedby="secret-wrong" /></div>
    <div id="secret-wrong"><${Trouble} problem=${problem} /></div>
    <button type="submit" class="main" aria-disabled=${busy ? "true" : undefined}>${busy ? t("checking") : t("enter")}</button></form>`;
}

// `kept`: whose work stands behind the lock, if anybody's.
export function SignIn({ session, kept, done }) {
  const last = session.members.find((one) => one.user === session.last);
  const only = session.members.length === 1 ? session.members[0] : undefined;
  const [member, choose] = useState(last || only);
  const [turn, next] = useState(0); // somebody was chosen, if the same again
  const [problem, fail] = useState(null);
  const enter = async (who, passphrase) => {
    try {
      done(await post("sign-in", { user: who.user, passphrase }));
    } catch (wrong) {
      fail(wrong);
    }
  };
  const pick = (who) => {
    fail(null);
    choose(who);
    next(turn + 1);
    if (!who.passphrase) {
      enter(who);
    }
  };
  useEffect(() => {
    document.title = t("locked") + " · Hamlet";
  }, []);
  return html`<main class="alone"><h1>${t("who")}</h1>
    ${kept && html`<p>${t("locked-kept", kept.name)}</p>`}
    ${session.members.length === 0 && html`<p>${t("sign-in.nobody")}</p>`}
    <ul class="members">${session.members.map((who) => html`<li key=${who.user}><button type="button"
      aria-pressed=${member?.user === who.user ? "true" : "false"} onClick=${() => pick(who)}>
      <strong>${who.name}</strong><span>${t("role." + who.role)}${who.passphrase ? " · " + t("has-passphrase") : ""}</span></button></li>`)}</ul>
    ${member?.passphrase && html`<${Secret} key=${member.user} member=${member} turn=${turn} enter=${enter} problem=${problem} />`}
    ${member?.passphrase ? html`<p class="help">${t("forgotten")}</p>` : html`<${Trouble} problem=${problem} />`}</main>`;
}
