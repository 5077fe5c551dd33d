// SPDX-License-Identifier: Apache-2.0
// The frame of the district's page: who is here, the way to each desk, what was just done.
import { html, useEffect, useRef, useState } from "../html.js";
import { back, get, keep, post } from "../api.js";
import { link, useRoute } from "../hooks.js";
import { speak, spoken, t } from "../words.js";
import { Notice, Trouble } from "../parts/notice.js";
import { SignIn } from "./screens/sign_in.js";
import { desks } from "./desks.js";

const FRESH_MS = 30000; // screens ask again what they show
const SIGN_MS = 60000;

function Head({ session, route, leave, turn }) {
  const mine = desks.filter((desk) => session.rights.includes(desk.right));
  const other = spoken() === "en" ? "vi" : "en";
  return html`<header class="top">
    <div class="sync"><p><strong class="place">${session.scope_name}</strong>
        <span>${session.account} · ${t("role." + session.role)}</span></p>
      <p><button type="button" class="plain" lang=${other} onClick=${() => turn(other)}>${other === "en" ? "English" : "Tiếng Việt"}</button>
        <button type="button" class="plain" onClick=${leave}>${t("desk.leave")}</button></p></div>
    <div class="bar"><nav class="tabs" aria-label=${t("tabs")}>${mine.map(({ name }) => html`<a key=${name} href=${link(name)}
      aria-current=${route === name ? "page" : undefined}>${t("desk.tab." + name)}</a>`)}</nav></div>
  </header>`;
}

// Others write, too: what is shown is asked for again, in a while and after each act.
function useFresh(session) {
  useEffect(() => {
    if (!session) {
      return undefined;
    }
    const timer = setInterval(() => dispatchEvent(new CustomEvent("hamlet-records")), FRESH_MS);
    return () => clearInterval(timer);
  }, [session?.user]);
}

// Who went away is asked again who he is; this says that he is here.
function useSigns(session) {
  useEffect(() => {
    if (!session) {
      return undefined;
    }
    const names = ["keydown", "pointerdown", "wheel"];
    let last = Date.now();
    const sign = () => {
      if (Date.now() - last >= SIGN_MS) {
        last = Date.now();
        post("here", {}, false).catch(() => {});
      }
    };
    names.forEach((name) => addEventListener(name, sign, { passive: true }));
    return () => names.forEach((name) => removeEventListener(name, sign));
  }, [session?.user]);
}

export function App() {
  const [session, put] = useState(undefined); // null: nobody
  const [problem, fail] = useState(null);
  const [told, tell] = useState(null);
  const [lang, say] = useState(localStorage.getItem("hamlet-lang") || "vi");
  const here = useRef(null); // whose work stands on the page, also behind the sign-in
  const main = useRef(null);
  const route = useRoute();

  const meet = (begun) => {
    keep(begun.token);
    const same = here.current?.user === begun.session.user;
    here.current = begun.session;
    put(begun.session);
    fail(null);
    back(same);
    if (!same) {
      tell(null);
    }
  };
  speak(lang);
  useEffect(() => {
    get("session", {}, false).then((found) => {
      here.current = found;
      put(found);
    }, (wrong) => (wrong.status === 401 ? put(null) : fail(wrong)));
    const over = () => put(null);
    addEventListener("hamlet-session", over);
    return () => removeEventListener("hamlet-session", over);
  }, []);
  useFresh(session);
  // Whose unit had no name yet when he signed in is told of it once there is one.
  const unnamed = session && session.scope_name === session.scope;
  useEffect(() => {
    const ask = () => get("session", {}, false).then((found) => {
      here.current = found;
      put(found);
    }, () => {});
    if (unnamed) {
      addEventListener("hamlet-records", ask);
    }
    return () => removeEventListener("hamlet-records", ask);
  }, [unnamed]);
  useSigns(session);
  const mine = desks.filter((desk) => here.current?.rights.includes(desk.right));
  const desk = mine.find(({ name }) => name === route.screen) || mine[0];
  useEffect(() => {
    document.title = (session && desk ? t("desk.tab." + desk.name) : t("desk.sign-in")) + " · Hamlet";
    main.current?.focus();
  }, [desk?.name, session?.user, lang]);

  const turn = (next) => {
    localStorage.setItem("hamlet-lang", next);
    say(next);
  };
  const leave = () => post("sign-out", {}, false).catch(() => {}).then(() => {
    here.current = null;
    keep("");
    put(null);
  });
  if (session === undefined) {
    return html`<main class="alone"><h1>Hamlet</h1>${problem ? html`<${Trouble} problem=${problem} />` : html`<p>${t("opening")}</p>`}</main>`;
  }
  // Behind the sign-in everything stays as it is, unseen: the same person goes on where he was.
  return html`
    ${session === null && html`<${SignIn} kept=${here.current} meet=${meet} turn=${turn} />`}
    ${here.current && html`<div key=${here.current.user} hidden=${session === null} inert=${session === null}>
      <a class="skip" href="#main" onClick=${(event) => { event.preventDefault(); main.current.focus(); }}>${t("skip")}</a>
      <${Head} session=${here.current} route=${desk.name} leave=${leave} turn=${turn} />
      <main id="main" tabindex="-1" ref=${main}>
        <${desk.Screen} key=${desk.name + JSON.stringify(route.query) + lang} query=${route.query}
          session=${here.current} meet=${meet} tell=${tell} /></main>
      <${Notice} told=${told} gone=${() => tell(null)} tell=${tell} /></div>`}`;
}
