// SPDX-License-Identifier: Apache-2.0
// The frame: who is here, the sync line, the way to each screen, and what was just done.
import { html, useEffect, useRef, useState } from "./html.js";
import { begin, get, post } from "./api.js";
import { forgetKinds, link, useRoute } from "./hooks.js";
import { speak, t } from "./words.js";
import { Notice, Trouble } from "./parts/notice.js";
import { SyncLine } from "./parts/sync.js";
import { SignIn } from "./screens/sign_in.js";
import { Todo } from "./screens/todo.js";
import { Sheet } from "./screens/sheet.js";
import { Households } from "./screens/households.js";
import { Record } from "./screens/record.js";
import { Entry } from "./screens/entry.js";
import { Book } from "./screens/book.js";
import { Conflicts } from "./screens/conflicts.js";
import { Evaluation } from "./screens/evaluation.js";
import { Minutes } from "./screens/minutes.js";
import { Work } from "./screens/work.js";
import { Print } from "./screens/print.js";
import { Machine } from "./screens/machine.js";

const screens = {
  todo: Todo,
  sheet: Sheet,
  households: Households,
  record: Record,
  entry: Entry,
  book: Book,
  conflicts: Conflicts,
  evaluation: Evaluation,
  minutes: Minutes,
  activity: Work,
  print: Print,
  machine: Machine,
};
const tabs = ["todo", "sheet", "households", "evaluation", "minutes", "activity", "book", "machine"];

function Tabs({ route }) {
  return html`<nav class="tabs" aria-label=${t("tabs")}>
    ${tabs.map((name) => html`<a key=${name} href=${link(name)} aria-current=${route.screen === name ? "page" : undefined}>${t("tab." + name)}</a>`)}
  </nav>`;
}

// Tells the screens what changed, for as long as the page is open.
function useEvents(session) {
  useEffect(() => {
    if (!session?.member) {
      return undefined;
    }
    let since;
    let stopped = false;
    let timer = null;
    const ask = async () => {
      try {
        const news = await get("events", { since });
        if (stopped) {
          return;
        }
        since = news.n;
        for (const what of news.what) {
          dispatchEvent(new CustomEvent("hamlet-" + what));
        }
        timer = setTimeout(ask, 0);
      } catch {
        timer = stopped ? null : setTimeout(ask, 2000);
      }
    };
    ask();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [session?.member?.user]);
}

export function App() {
  const [session, put] = useState(undefined);
  const [problem, fail] = useState(null);
  const [told, tell] = useState(null);
  const route = useRoute();
  const main = useRef(null);

  const meet = (found) => {
    speak(localStorage.getItem("hamlet-lang"));
    forgetKinds();
    fail(null);
    put(found);
  };
  useEffect(() => {
    begin().then(meet, fail);
    const over = (event) => {
      if (event.detail === "web-session") {
        put(undefined);
        fail({ key: "web-session" });
      } else {
        get("session").then(meet, fail);
      }
    };
    addEventListener("hamlet-session", over);
    return () => removeEventListener("hamlet-session", over);
  }, []);
  useEvents(session);
  useEffect(() => {
    document.title = t("tab." + (route.screen in screens ? route.screen : "todo")) + " · Hamlet";
    main.current?.focus();
  }, [route.screen, route.query.id]);

  if (problem) {
    return html`<main class="alone"><h1>Hamlet</h1><${Trouble} problem=${problem} /></main>`;
  }
  if (session === undefined) {
    return html`<main class="alone"><p>${t("opening")}</p></main>`;
  }
  if (session.member === null) {
    return html`<${SignIn} session=${session} done=${meet} />`;
  }
  const Screen = screens[route.screen] || Todo;
  const leave = () => post("sign-out").then(meet, fail);
  return html`
    <a class="skip" href="#main" onClick=${(event) => { event.preventDefault(); main.current.focus(); }}>${t("skip")}</a>
    <header class="top">
      <${SyncLine} />
      <${Tabs} route=${route} />
    </header>
    <main id="main" tabindex="-1" ref=${main}>
      <${Screen} key=${route.screen + JSON.stringify(route.query)} query=${route.query}
        session=${session} meet=${meet} leave=${leave} tell=${tell} />
    </main>
    <${Notice} told=${told} gone=${() => tell(null)} tell=${tell} />`;
}
