// SPDX-License-Identifier: Apache-2.0
// Name and passphrase; the first time, or when it was forgotten, a code chooses a new one.
import { html, useEffect, useRef, useState } from "../../html.js";
import { post } from "../../api.js";
import { spoken, t } from "../../words.js";
import { Trouble } from "../../parts/notice.js";

function Input({ id, label, help, type = "text", auto, value, input, wrong }) {
  const told = [help && id + "-help", wrong && "sign-wrong"].filter(Boolean).join(" ");
  return html`<div class="field"><label for=${id}>${label}</label>
    <input id=${id} ref=${input} type=${type} autocomplete=${auto} defaultValue=${value} spellcheck=${false}
      autocapitalize="off" aria-required="true" aria-invalid=${wrong ? "true" : undefined} aria-describedby=${told || undefined} />
    ${help && html`<p class="help" id=${id + "-help"}>${help}</p>`}</div>`;
}

// `kept`: whose work stands behind this, if anybody's.
export function SignIn({ kept, meet, turn }) {
  const [first, choose] = useState(false);
  const [problem, fail] = useState(null);
  const [busy, work] = useState(false);
  const name = useRef(null);
  const code = useRef(null);
  const secret = useRef(null);
  const again = useRef(null);
  const other = spoken() === "en" ? "vi" : "en";
  useEffect(() => (kept && !first ? secret : name).current.focus(), [first]);
  useEffect(() => {
    document.title = t("desk.sign-in") + " · Hamlet";
  });
  const submit = async (event) => {
    event.preventDefault();
    const empty = [name, first && code, secret, first && again].find((one) => one && one.current.value === "");
    if (empty || busy) {
      empty?.current.focus();
      return;
    }
    if (first && secret.current.value !== again.current.value) {
      fail({ title: t("machine.passphrase-differs") });
      again.current.focus();
      return;
    }
    work(true);
    try {
      meet(await post("sign-in", { account: name.current.value, passphrase: secret.current.value,
        code: first ? code.current.value : undefined }, false));
    } catch (wrong) {
      fail(wrong);
      work(false);
      (wrong.key === "account-code" ? code : secret).current?.select();
    }
  };
  const swap = () => {
    fail(null);
    choose(!first);
  };
  return html`<main class="alone"><h1>${t("desk.sign-in")}</h1>
    ${kept && html`<p>${t("locked-kept", kept.account)}</p>`}
    <form noValidate onSubmit=${submit}>
      <${Input} id="account" input=${name} label=${t("desk.account")} auto="username" value=${kept?.account} wrong=${problem} />
      ${first && html`<${Input} id="code" input=${code} label=${t("desk.code")} help=${t("desk.code-help")} auto="one-time-code" wrong=${problem} />`}
      <${Input} key=${first} id="secret" input=${secret} type="password" label=${first ? t("machine.passphrase-new") : t("desk.passphrase")}
        help=${first ? t("machine.passphrase-help") : undefined} auto=${first ? "new-password" : "current-password"} wrong=${problem} />
      ${first && html`<${Input} id="again" input=${again} type="password" label=${t("machine.passphrase-again")} auto="new-password" wrong=${problem} />`}
      <div id="sign-wrong"><${Trouble} problem=${problem} /></div>
      <div class="acts"><button type="submit" class="main" aria-disabled=${busy ? "true" : undefined}>${busy ? t("checking") : t("enter")}</button>
        <button type="button" class="plain" onClick=${swap}>${first ? t("desk.known") : t("desk.first")}</button></div>
    </form>
    <p class="help"><button type="button" class="plain" lang=${other} onClick=${() => turn(other)}>${other === "en" ? "English" : "Tiếng Việt"}</button></p></main>`;
}
