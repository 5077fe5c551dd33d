// SPDX-License-Identifier: Apache-2.0
// The frame: who is here, the sync line, the way to each screen, and what was just done.
import { html, useEffect, useRef, useState } from "./html.js";
import { back, begin, get, post } from "./api.js";
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
import { Reports } from "./screens/reports.js";
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
  reports: Reports,
  print: Print,
  machine: Machine,
};
const SIGN_MS = 30000;
const tabs = ["todo", "sheet", "households", "evaluation", "minutes", "activity", "reports", "book", "machine"];

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
        const news = await get("events", { since }, false);
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

// Who has a passphrase is asked for it after a while without a sign of him: this is one.
function useSigns(session) {
  useEffect(() => {
    if (!session?.member?.passphrase) {
      return undefined;
    }
    const least = Math.min(SIGN_MS, session.idle_s * 1000 / 4);
    const names = ["keydown", "pointerdown", "wheel"];
    let last = 0;
    const sign = () => {
      if (Date.now() - last >= least) {
        last = Date.now();
        post("here", {}, false).catch(() => {});
      }
    };
    names.forEach((name) => addEventListener(name, sign, { passive: true }));
    return () => names.forEach((name) => removeEventListener(name, sign));
  }, [session?.member?.user, session?.member?.passphrase]);
}

export function App() {
  const [session, put] = useState(undefined);
  const [problem, fail] = useState(null);
  const [told, tell] = useState(null);
  const route = useRoute();
  const main = useRef(null);
  const here = useRef(null); // whose work stands on the page, also behind the lock
  const place = useRef(null); // where he was in it

  const meet = (found) => {
    speak(localStorage.getItem("hamlet-lang"));
    forgetKinds();
    fail(null);
    put(found);
    if (found.member) {
      const same = found.member.user === here.current?.user;
      here.current = found.member;
      back(same);
      if (!same) {
        tell(null); // what another did is not his to undo
        place.current = null;
      }
    }
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
  useSigns(session);
  const locked = session?.member === null;
  useEffect(() => {
    if (!locked && place.current?.isConnected) {
      place.current.focus();
    }
  }, [locked]);
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
  const Screen = screens[route.screen] || Todo;
  const leave = () => post("sign-out").then(meet, fail);
  const shared = session.members.length > 1 || here.current?.passphrase;
  // Behind the lock everything stays as it is, unseen: the same member goes on where he was.
  return html`
    ${locked && html`<${SignIn} session=${session} kept=${here.current} done=${meet} />`}
    ${here.current && html`<div key=${here.current.user} hidden=${locked} inert=${locked}
      onFocusIn=${(event) => { place.current = event.target; }}>
    <a class="skip" href="#main" onClick=${(event) => { event.preventDefault(); main.current.focus(); }}>${t("skip")}</a>
    <header class="top">
      <${SyncLine} />
      <div class="bar"><${Tabs} route=${route} />
        ${shared && html`<button type="button" class="plain" onClick=${leave}>${t("lock-of", here.current.name)}</button>`}</div>
    </header>
    <main id="main" tabindex="-1" ref=${main}>
      <${Screen} key=${route.screen + JSON.stringify(route.query)} query=${route.query}
        session=${{ ...session, member: here.current }} meet=${meet} leave=${leave} tell=${tell} />
    </main>
    <${Notice} told=${told} gone=${() => tell(null)} tell=${tell} />
    </div>`}`;
}
