// SPDX-License-Identifier: Apache-2.0
// What several screens need: data that comes and is fresh, the place in the address bar.
import { useCallback, useEffect, useRef, useState } from "./html.js";
import { get } from "./api.js";

// {data, problem, again, alter}: what `ask` gives, asked again when `keys` change, and when the
// records do and nothing more happened for `quiet_ms`. `alter(f)` puts f(data) in its place:
// what was asked before that is no answer any more.
export function useData(ask, keys, quiet_ms = 0) {
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
  const alter = (change) => {
    turn.current++;
    put((before) => ({ ...before, data: change(before.data) }));
  };
  useEffect(() => {
    let timer = null;
    const news = () => {
      clearTimeout(timer);
      timer = setTimeout(again, quiet_ms);
    };
    again();
    addEventListener("hamlet-records", news);
    return () => {
      turn.current++;
      clearTimeout(timer);
      removeEventListener("hamlet-records", news);
    };
  }, [again]);
  return { ...state, again, alter };
}

// A list that comes in pieces: the first answer with the rows of `name` of so many pieces.
async function pieces(path, name, count) {
  const all = await get(path);
  for (let n = 1; n < count && all.next !== null; n++) {
    const some = await get(path, { after: all.next });
    all[name].push(...some[name]);
    all.next = some.next;
  }
  return all;
}

export const allPieces = async (path, name) => (await pieces(path, name, Infinity))[name];

// {data, problem, again, more}: `more` asks for the next piece, and is null where there is none.
export function usePieces(path, name, keys) {
  const [count, go] = useState(1);
  const { data, problem, again } = useData(() => pieces(path, name, count), [...keys, count]);
  return { data, problem, again, more: data && data.next !== null ? () => go((before) => before + 1) : null };
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

// `value` once it has stood still for so long; typing is never answered in between. An input
// method erases and types again within a few milliseconds.
export const ANSWER_MS = 50;
export function useQuiet(value, ms) {
  const [quiet, put] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => put(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return quiet;
}
