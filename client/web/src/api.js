// SPDX-License-Identifier: Apache-2.0
// What the page asks of the daemon (daemon/api/API.md): one function a method, one error.

import { spoken } from "./words.js";

const TOKEN = "hamlet-token";

// Whatever was not answered with 2xx: nothing was changed by it.
export class Problem extends Error {
  constructor(body, status) {
    super(body.title || body.key || String(status));
    Object.assign(this, { fields: [], args: [], retry: false }, body, { status });
  }
  // The sentence for one field of a form, or null.
  of(field) {
    return this.fields.find((one) => one.field === field) || null;
  }
}

const noDaemon = () => new Problem({ key: "page-no-daemon", retry: true }, 0);

// While nobody is signed in, what was asked waits: for the same member it is asked again when
// he is back, for another never.
let waiting = [];
export function back(same) {
  const all = waiting;
  waiting = [];
  all.forEach((one) => one(same));
}

async function ask(path, options, waits = true) {
  let reply;
  const headers = { "X-Hamlet-Token": sessionStorage.getItem(TOKEN) || "", "Accept-Language": spoken() };
  try {
    reply = await fetch(path, {
      ...options,
      headers: { ...headers, ...options.headers },
      credentials: "same-origin",
      redirect: "error",
    });
  } catch {
    throw noDaemon();
  }
  let body = null;
  try {
    body = reply.status === 204 ? {} : await reply.json();
  } catch {
    throw noDaemon();
  }
  if (!reply.ok) {
    const problem = new Problem(body, reply.status);
    if (problem.key === "web-session" || problem.key === "web-locked") {
      dispatchEvent(new CustomEvent("hamlet-session", { detail: problem.key }));
    }
    if (problem.key === "web-locked" && waits) {
      const same = await new Promise((done) => waiting.push(done));
      if (same) {
        return ask(path, options);
      }
    }
    throw problem;
  }
  return body;
}

export function get(path, query = {}, waits = true) {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== "") {
        params.append(name, one);
      }
    }
  }
  const text = params.toString();
  return ask("/api/" + path + (text === "" ? "" : "?" + text), { method: "GET" }, waits);
}

export function post(path, body = {}, waits = true) {
  return ask("/api/" + path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  }, waits);
}

// All records of a question, 200 a time.
export async function all(query) {
  const records = [];
  let after;
  do {
    const some = await get("records", { ...query, limit: 200, after });
    records.push(...some.records);
    after = some.next;
  } while (after);
  return records;
}

// The start secret stands in the fragment for one exchange and goes from the address bar.
export async function begin() {
  const secret = location.hash.slice(1);
  if (secret !== "" && !secret.startsWith("/")) {
    history.replaceState(null, "", location.pathname + "#/todo");
    const made = await post("session", { secret });
    sessionStorage.setItem(TOKEN, made.token);
    return made.session;
  }
  return get("session");
}

// Random names for drafts: 32 hex digits.
export function draw() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
