// SPDX-License-Identifier: Apache-2.0
// A form made of a kind. What is typed goes into a draft in the store, on leaving a field
// and a second after the last key, so that a power cut costs a word at most.
import { html, useEffect, useRef, useState } from "../html.js";
import { draw, get, post } from "../api.js";
import { link, useQuiet } from "../hooks.js";
import { t } from "../words.js";
import { Field } from "./field.js";
import { parts } from "./layout.js";
import { Trouble } from "./notice.js";

const QUIET_MS = 1000;

// What differs from what stands there: nobody else's word is written again.
export function changed(values, stand) {
  return Object.fromEntries(Object.entries(values).filter(([name, value]) =>
    value !== undefined && JSON.stringify(value) !== JSON.stringify(stand[name] ?? "")));
}

// In a form, beside the fields: what stood in the record when it was begun.
export const SEEN = "~seen";

// `mark`: which member of the form that is. `lost`: why what is typed is not kept, where trying
// again does not help; of what was written already nothing is lost.
export function useDraft(kind, record, started, values, mark = SEEN) {
  const draft = useRef(started || draw());
  const timer = useRef(null);
  const going = useRef(Promise.resolve());
  const [saved, put] = useState(null);
  const [lost, lose] = useState(null);
  const kept = (at, why) => {
    put(at);
    lose(why);
  };
  const save = () => {
    clearTimeout(timer.current);
    timer.current = null;
    going.current = going.current
      .then(() => post("draft", { draft: draft.current, kind, record, seen: values.current[mark], form: values.current }))
      .then((done) => kept(done.saved, null), (wrong) => kept(null, wrong.retry || wrong.key === "web-draft-done" ? null : wrong));
    return going.current;
  };
  const touch = () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(save, QUIET_MS);
  };
  const leave = () => timer.current !== null && save();
  useEffect(() => () => clearTimeout(timer.current), []);
  const settle = async () => {
    clearTimeout(timer.current);
    timer.current = null;
    await going.current;
    return draft.current;
  };
  const drop = async () => {
    await post("drop", { draft: await settle() }).catch(() => {});
    kept(null, null);
  };
  // It was written: what is typed from here on is another one.
  const written = () => {
    draft.current = draw();
    kept(null, null);
  };
  return { saved, lost, touch, leave, settle, drop, written };
}

// Who is entered may be here already: said while the name is typed, and nobody is stopped.
function Alike({ kind, name }) {
  const [found, put] = useState([]);
  const quiet = useQuiet(name, 400);
  useEffect(() => {
    if (quiet.trim().length < 4) {
      put([]);
      return;
    }
    get("records", { kind: kind.kind, search: quiet, limit: 5 }).then((list) => put(list.records), () => put([]));
  }, [quiet]);
  return html`<div role="status">${found.length > 0 && html`<div class="alike"><p>${t("alike")}</p>
    <ul>${found.map((one) => html`<li key=${one.id}><a href=${link("record", { id: one.id })}>${one.fields.head_name}</a> · ${one.fields.address_text || ""}</li>`)}</ul></div>`}</div>`;
}

// `start`: values to begin with. `save(values, draft)` writes and is to throw a Problem.
export function Form({ kind, record, start, draft: started, hidden = [], save, done, label, cancel }) {
  // A new record's draft holds what the form began with too: whose it is, what was known.
  const values = useRef({ ...(record ? {} : start), ...started?.form });
  const [problem, fail] = useState(null);
  const [busy, work] = useState(false);
  const first = useRef(null);
  const draft = useDraft(kind.kind, record, started?.draft, values);
  const fields = kind.fields.filter((field) => !hidden.includes(field.name) && field.may !== false && !(record && field.key));
  const named = !record && kind.kind === "household" ? kind.order?.[0] : null;
  const [name, type] = useState("");
  const set = (field, value) => {
    values.current[field.name] = value;
    field.name === named && type(value);
    draft.touch();
  };
  useEffect(() => {
    if (problem) {
      first.current?.querySelector(".wrong input, .wrong textarea, .wrong select")?.focus();
    }
  }, [problem]);
  const submit = async (event) => {
    event.preventDefault();
    if (busy) {
      return;
    }
    work(true);
    try {
      const name = await draft.settle();
      const result = await save({ ...values.current }, name);
      draft.written();
      fail(null);
      done(result);
    } catch (wrong) {
      fail(wrong);
      draft.touch();
    }
    work(false);
  };
  const drop = async () => {
    await draft.drop();
    cancel();
  };
  const keys = (event) => {
    if (event.key === "Enter" && event.ctrlKey) {
      submit(event);
    } else if (event.key === "Enter" && event.target.tagName === "INPUT" && (event.isComposing || event.keyCode === 229)) {
      event.preventDefault(); // the input method takes this Enter
    }
  };
  const valueOf = (field) => field.name in values.current ? values.current[field.name] : (start || {})[field.name];
  return html`<form ref=${first} noValidate onSubmit=${submit} onKeyDown=${keys}>
    ${parts(kind, fields).map(([title, some], at) => html`<section key=${title || "rest"} class=${title ? "part" : ""}>
      ${title && html`<h2>${title}</h2>`}
      ${some.map((field) => html`<${Field} key=${field.name} field=${field} scope="f" value=${valueOf(field)}
        name=${start?.names?.[field.name]} set=${(value) => set(field, value)} leave=${draft.leave} wrong=${problem?.of?.(field.name)} />`)}
      ${named && at === 0 && html`<${Alike} kind=${kind} name=${name} />`}</section>`)}
    <${Trouble} problem=${problem && fields.some((field) => problem.of?.(field.name)) ? null : problem} />
    <${Trouble} problem=${draft.lost} />
    <div class="acts">
      <button type="submit" class="main" disabled=${busy}>${label || t("save")}</button>
      <button type="button" onClick=${drop}>${t("cancel")}</button>
      <span class="kept" role="status">${draft.saved ? t("draft-kept") : ""}</span>
    </div>
  </form>`;
}
