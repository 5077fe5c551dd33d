// SPDX-License-Identifier: Apache-2.0
// What several screens need: data that comes and is fresh, the place in the address bar.
import { useCallback, useEffect, useRef, useState } from "./html.js";
import { get } from "./api.js";

// {data, problem, again}: what `ask` gives, asked again when `keys` or the records change.
export function useData(ask, keys) {
  const [state, put] = useState({ data: null, problem: null });
  const turn = useRef(0);
  const again = useCallback(async () => {
    const mine = ++turn.current;
    try {
      const data = await ask();
      if (mine === turn.current) {
        put({ data, problem: null });
      }
    } catch (problem) {
      if (mine === turn.current) {
        put((before) => ({ data: before.data, problem }));
      }
    }
  }, keys);
  useEffect(() => {
    again();
    addEventListener("hamlet-records", again);
    return () => {
      turn.current++;
      removeEventListener("hamlet-records", again);
    };
  }, [again]);
  return { ...state, again };
}

// The kinds by name, asked for once.
const AGAIN_MS = 2000;
let kinds = null;
export function useKinds() {
  const [known, put] = useState(kinds);
  useEffect(() => {
    let timer = null;
    const ask = () => get("kinds").then(
      (list) => {
        kinds = Object.fromEntries(list.map((kind) => [kind.kind, kind]));
        put(kinds);
      },
      () => {
        timer = setTimeout(ask, AGAIN_MS);
      },
    );
    if (kinds === null) {
      ask();
    } else {
      put(kinds); // they may have come since this was drawn
    }
    return () => clearTimeout(timer);
  }, []);
  return known;
}

export function forgetKinds() {
  kinds = null;
}

// #/screen?name=value
export function read() {
  const [screen, query] = location.hash.replace(/^#\//, "").split("?");
  return { screen: screen || "todo", query: Object.fromEntries(new URLSearchParams(query)) };
}

export function link(screen, query = {}) {
  const text = new URLSearchParams(query).toString();
  return "#/" + screen + (text === "" ? "" : "?" + text);
}

export function go(screen, query) {
  location.hash = link(screen, query);
}

export function useRoute() {
  const [route, put] = useState(read());
  useEffect(() => {
    const moved = () => put(read());
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  return route;
}

// `value` once it has stood still for so long; typing is never answered in between.
export function useQuiet(value, ms) {
  const [quiet, put] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => put(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return quiet;
}
