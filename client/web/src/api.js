// SPDX-License-Identifier: Apache-2.0
// What a page asks of the daemon (daemon/api/API.md): one function a method, one error.

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
    const file = reply.ok && /filename="([^"]+)"/.exec(reply.headers.get("Content-Disposition") || "");
    body = file ? { name: file[1], bytes: await reply.blob() } : reply.status === 204 ? {} : await reply.json();
  } catch {
    throw noDaemon();
  }
  if (!reply.ok) {
    const problem = new Problem(body, reply.status);
    if (["web-session", "web-session-over", "web-locked"].includes(problem.key)) {
      dispatchEvent(new CustomEvent("hamlet-session", { detail: problem.key }));
    }
    if (["web-session-over", "web-locked"].includes(problem.key) && waits) {
      const same = await new Promise((done) => waiting.push(done));
      if (same) {
        return ask(path, options);
      }
    }
    throw problem;
  }
  return body;
}

// What is asked in one breath goes as one request, where the daemon takes it so: it then opens
// its store once for all of it.
const TOGETHER_MOST = 64;
let together = [];
let breath = [];
export function takesTogether(paths) {
  together = paths;
}

async function exhale() {
  const all = breath.splice(0, TOGETHER_MOST);
  if (breath.length > 0) {
    queueMicrotask(exhale);
  }
  try {
    const answers = all.length === 1
      ? [{ status: 200, reply: await ask("/api/" + all[0].path, { method: "GET" }) }]
      : await post("several", { ask: all.map((one) => one.path) });
    answers.forEach(({ status, reply }, at) => (status < 400 ? all[at].done(reply) : all[at].fail(new Problem(reply, status))));
  } catch (wrong) {
    all.forEach((one) => one.fail(wrong));
  }
}

function askTogether(path) {
  return new Promise((done, fail) => {
    if (breath.push({ path, done, fail }) === 1) {
      queueMicrotask(exhale);
    }
  });
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
  const whole = path + (text === "" ? "" : "?" + text);
  return waits && together.includes(path) ? askTogether(whole) : ask("/api/" + whole, { method: "GET" }, waits);
}

// The same of what may take long: until it is done the daemon says under which number, and how
// much of it: tell({task, permille, rows}).
export async function getLong(path, query, tell = () => {}) {
  let body = await get(path, query);
  while (body.task !== undefined) {
    tell(body);
    body = await get(path, { ...query, task: body.task });
  }
  return body;
}

export function post(path, body = {}, waits = true) {
  return ask("/api/" + path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  }, waits);
}

// All records of a question, without the names of what they refer to; long texts and pen
// traces, of which fewer fit into an answer, where they are asked for.
const MOST = 2000;
const LONG_MOST = 500;
export async function all(query) {
  const records = [];
  let after;
  do {
    const some = await get("records", { names: 0, long: 0, limit: query.long ? LONG_MOST : MOST, ...query, after });
    records.push(...some.records);
    after = some.next;
  } while (after);
  return records;
}

export function keep(token) {
  sessionStorage.setItem(TOKEN, token);
}

// The start secret stands in the fragment for one exchange and goes from the address bar.
export async function begin() {
  const secret = location.hash.slice(1);
  if (secret !== "" && !secret.startsWith("/")) {
    history.replaceState(null, "", location.pathname + "#/todo");
    dispatchEvent(new Event("hashchange")); // replacing says nothing by itself
    const made = await post("session", { secret });
    keep(made.token);
    return made.session;
  }
  return get("session");
}

// Random names for drafts: 32 hex digits.
export function draw() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
