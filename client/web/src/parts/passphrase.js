// SPDX-License-Identifier: Apache-2.0
// What only a member remembers: set, changed, given up; and of others, taken away.
import { html, useRef, useState } from "../html.js";
import { get, post } from "../api.js";
import { t } from "../words.js";
import { Trouble } from "./notice.js";

function Input({ id, label, help, auto, wrong, input }) {
  const told = [help && id + "-help", wrong && id + "-wrong"].filter(Boolean).join(" ");
  return html`<div class=${"field" + (wrong ? " wrong" : "")}><label for=${id}>${label}</label>
    <input id=${id} ref=${input} type="password" autocomplete=${auto} aria-required="true"
      aria-invalid=${wrong ? "true" : undefined} aria-describedby=${told || undefined} />
    ${help && html`<p class="help" id=${id + "-help"}>${help}</p>`}
    ${wrong && html`<p class="wrong-text" role="alert" id=${id + "-wrong"}>${wrong}</p>`}</div>`;
}

// `stays`: it can be changed and not given up.
export function Passphrase({ session, meet, tell, stays }) {
  const old = useRef(null);
  const fresh = useRef(null);
  const again = useRef(null);
  const [problem, fail] = useState(null);
  const [wrong, mark] = useState({});
  const [busy, work] = useState(false);
  const form = useRef(null);
  const has = session.member.passphrase;
  const write = async (next, done) => {
    work(true);
    try {
      const found = await post("passphrase", { old: old.current?.value, new: next });
      fail(null);
      form.current?.reset();
      tell({ text: done });
      meet(found);
    } catch (bad) {
      fail(bad);
      (bad.status === 401 || bad.status === 429 ? old : fresh).current?.focus();
    }
    work(false);
  };
  // The first field that is not as it must be is marked, and ready to be typed in.
  const judge = (fields) => {
    const bad = fields.find(([, , good]) => !good);
    mark(bad ? { [bad[0]]: bad[0] === "again" ? t("machine.passphrase-differs") : t("machine.passphrase-empty") } : {});
    bad?.[1].current.focus();
    return !bad && !busy;
  };
  const submit = (event) => {
    event.preventDefault();
    if (judge([["old", old, !has || old.current.value], ["fresh", fresh, fresh.current.value],
      ["again", again, fresh.current.value === again.current.value]])) {
      write(fresh.current.value, t("machine.passphrase-done"));
    }
  };
  const drop = () => {
    if (judge([["old", old, old.current.value]])) {
      write(null, t("machine.passphrase-removed"));
    }
  };
  return html`<form ref=${form} noValidate onSubmit=${submit}>
    ${has && html`<${Input} id="old" input=${old} label=${t("machine.passphrase-old")} auto="current-password" wrong=${wrong.old} />`}
    <${Input} id="new" input=${fresh} label=${t("machine.passphrase-new")} help=${t("machine.passphrase-help")} auto="new-password" wrong=${wrong.fresh} />
    <${Input} id="again" input=${again} label=${t("machine.passphrase-again")} auto="new-password"
      wrong=${wrong.again} />
    <${Trouble} problem=${problem} />
    <div class="acts"><button type="submit">${busy ? t("checking") : has ? t("machine.passphrase-change") : t("machine.passphrase-set")}</button>
      ${has && !stays && html`<button type="button" class="plain" onClick=${drop}>${t("machine.passphrase-remove")}</button>`}</div></form>`;
}

// The head takes a forgotten one away; it cannot be undone, so it is asked once more.
export function Forgotten({ session, meet, tell }) {
  const [sure, ask] = useState(null);
  const [problem, fail] = useState(null);
  const others = session.members.filter((one) => one.passphrase && one.user !== session.member.user);
  if (!session.member.resets || !session.member.passphrase || others.length === 0) {
    return null;
  }
  const reset = async (who) => {
    ask(null);
    try {
      meet(await post("passphrase-reset", { user: who.user }));
      fail(null);
      tell({ text: t("machine.reset-done", who.name) });
    } catch (wrong) {
      fail(wrong);
      meet(await get("session"));
    }
  };
  return html`<h2>${t("machine.forgotten")}</h2><p>${t("machine.forgotten-help")}</p>
    <ul class="cards">${others.map((who) => html`<li key=${who.user} class="card"><span><strong>${who.name}</strong></span>
      ${sure === who.user
        ? html`<span class="acts"><button type="button" class="main" onClick=${() => reset(who)}>${t("machine.reset-sure", who.name)}</button>
            <button type="button" onClick=${() => ask(null)}>${t("cancel")}</button></span>`
        : html`<button type="button" onClick=${() => ask(who.user)}>${t("machine.reset", who.name)}</button>`}</li>`)}</ul>
    <${Trouble} problem=${problem} />`;
}
