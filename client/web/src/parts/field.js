// SPDX-License-Identifier: Apache-2.0
// One field of a form. Nothing that is being typed is ever rewritten: input methods for
// Vietnamese erase and retype what they see. Normalising and judging is the store's.
import { html, useEffect, useRef, useState } from "../html.js";
import { get } from "../api.js";
import { ANSWER_MS, useQuiet } from "../hooks.js";
import { l, t } from "../words.js";
import { day, sentence } from "./format.js";
import { Pen } from "./pen.js";

const FEW = 5;

// What stands in an input when it is opened.
function shown(field, value) {
  if (value === undefined || value === null) {
    return "";
  }
  if (field.type === "date" || field.type === "partial_date") {
    return /^\d{4}(-\d\d){0,2}$/.test(value) ? day(value) : String(value);
  }
  if (field.type === "list") {
    return Array.isArray(value) ? value.join("\n") : String(value);
  }
  return String(value);
}

function Choices({ id, field, value, set, describedby, leave }) {
  if (field.values.length > FEW) {
    return html`<select id=${id} aria-describedby=${describedby} onChange=${(event) => { set(event.target.value); leave(); }}>
      <option value="">${t("choose")}</option>
      ${field.values.map((one) => html`<option key=${one.value} value=${one.value} selected=${one.value === value}>${l(one.label)}</option>`)}
    </select>`;
  }
  return html`<div class="choices" role="radiogroup" aria-labelledby=${id + "-label"} aria-describedby=${describedby}>
    ${field.values.map((one) => html`<label key=${one.value}><input type="radio" name=${id}
      checked=${one.value === value} onChange=${() => { set(one.value); leave(); }} />${l(one.label)}</label>`)}
    ${!field.required && html`<label><input type="radio" name=${id} checked=${!value}
      onChange=${() => { set(""); leave(); }} />${t("not-known")}</label>`}
  </div>`;
}

function Truth({ id, field, value, set, describedby, leave }) {
  const values = field.values || [
    { value: "true", label: { vi: t("yes"), en: t("yes") } },
    { value: "false", label: { vi: t("no"), en: t("no") } },
  ];
  const now = value === undefined || value === null || value === "" ? "" : String(value);
  return html`<${Choices} id=${id} field=${{ ...field, values }} value=${now} describedby=${describedby} leave=${leave}
    set=${(text) => set(text === "" ? "" : text === "true")} />`;
}

function Several({ id, field, value, set, describedby, leave }) {
  const [chosen, put] = useState(new Set(value || []));
  const turn = (one) => {
    const next = new Set(chosen);
    next.delete(one) || next.add(one);
    put(next);
    set([...next].sort());
    leave();
  };
  return html`<div class="choices" role="group" aria-labelledby=${id + "-label"} aria-describedby=${describedby}>
    ${field.values.map((one) => html`<label key=${one.value}><input type="checkbox"
      checked=${chosen.has(one.value)} onChange=${() => turn(one.value)} />${l(one.label)}</label>`)}
  </div>`;
}

// A record of another kind, found by two letters of its name, tones or not.
function Reference({ id, field, value, name, set, describedby, leave }) {
  const [search, type] = useState("");
  const [found, put] = useState([]);
  const [picked, pick] = useState(value ? { id: value, name: name || "…" } : null);
  const quiet = useQuiet(search, ANSWER_MS);
  useEffect(() => {
    if (quiet.trim().length < 2) {
      put([]);
      return;
    }
    get("records", { kind: field.refers, search: quiet, limit: 8 }).then((list) => put(list.records), () => put([]));
  }, [quiet]);
  useEffect(() => {
    if (value && !name) {
      get("record", { id: value }).then((record) => pick({ id: value, name: title(record) }), () => {});
    }
  }, [value]);
  const title = (record) => Object.values(record.fields).filter((one) => typeof one === "string").slice(0, 2).join(" · ");
  if (picked) {
    return html`<div class="picked" id=${id} aria-describedby=${describedby}><span>${picked.name}</span>
      <button type="button" class="plain" onClick=${() => { pick(null); set(""); }}>${t("change-choice")}</button></div>`;
  }
  return html`<div class="finder">
    <input id=${id} type="text" autocomplete="off" aria-describedby=${describedby} placeholder=${t("find")}
      onInput=${(event) => type(event.target.value)} />
    ${found.length > 0 && html`<ul>${found.map((record) => html`<li key=${record.id}><button type="button"
      onClick=${() => { pick({ id: record.id, name: title(record) }); set(record.id); leave(); }}>${title(record)}</button></li>`)}</ul>`}
  </div>`;
}

// Several of them: those that were picked, and room for one more.
function References({ id, field, value, set, describedby, leave }) {
  const [ids, put] = useState(Array.isArray(value) ? value : []);
  const [turn, again] = useState(0);
  const keep = (next) => {
    put(next);
    set(next);
    again(turn + 1);
    leave();
  };
  return html`<div>${ids.map((one) => html`<${Reference} key=${one} id=${id + "-" + one} field=${field.item} value=${one}
      set=${() => keep(ids.filter((other) => other !== one))} leave=${leave} />`)}
    <${Reference} key=${turn} id=${id} field=${field.item} set=${(one) => one && keep([...ids.filter((other) => other !== one), one])}
      describedby=${describedby} leave=${leave} /></div>`;
}

// Rows of an object each: a small table, with a row more than is filled.
function Rows({ id, field, value, set, describedby, leave }) {
  const rows = useRef((value || []).map((row) => ({ ...row })));
  const [count, grow] = useState(rows.current.length);
  const put = (at, name, text) => {
    const row = rows.current[at] || (rows.current[at] = {});
    if (text === "" || text === undefined) {
      delete row[name];
    } else {
      row[name] = text;
    }
    set(rows.current.filter((one) => Object.keys(one).length > 0));
  };
  const members = field.item.members;
  return html`<div class="rows" id=${id} aria-describedby=${describedby}>
    ${Array.from({ length: count }, (unused, at) => html`<fieldset key=${at}><legend>${t("row", at + 1)}</legend>
      ${members.map((member) => html`<${Field} key=${member.name} field=${member} scope=${id + "-" + at}
        bare=${true} value=${rows.current[at]?.[member.name]} set=${(text) => put(at, member.name, typed(member, text))} leave=${leave} />`)}
    </fieldset>`)}
    <button type="button" onClick=${() => grow(count + 1)}>${t("row-more")}</button></div>`;
}

// Members of objects are JSON: a whole number is a number, the rest is as it was written.
function typed(member, value) {
  if (member.type === "integer" && /^-?\d{1,15}$/.test(value)) {
    return Number(value);
  }
  return value;
}

function Line({ id, field, value, set, describedby, leave, invalid }) {
  const long = field.lines || field.type === "list";
  const given = {
    id,
    "aria-describedby": describedby,
    "aria-invalid": invalid ? "true" : undefined,
    "aria-required": field.required ? "true" : undefined,
    autocomplete: "off",
    spellcheck: false,
    defaultValue: shown(field, value),
    onInput: (event) => set(field.type === "list" ? event.target.value.split("\n").filter((one) => one.trim() !== "") : event.target.value),
    onBlur: leave,
  };
  if (long) {
    return html`<textarea rows="3" ...${given}></textarea>`;
  }
  const date = field.type === "date" || field.type === "partial_date";
  return html`<input type="text" inputmode=${field.type === "integer" ? "numeric" : undefined}
    placeholder=${date ? t("date-form") : undefined} class=${date || field.type === "integer" ? "short" : ""} ...${given} />`;
}

function inputOf(field) {
  switch (field.type) {
    case "enum":
      return Choices;
    case "boolean":
      return Truth;
    case "set":
      return Several;
    case "ref":
      return Reference;
    case "strokes":
      return Pen;
    case "list":
      return field.item?.members ? Rows : field.item?.type === "ref" ? References : Line;
    default:
      return Line;
  }
}

// Beside its field a sentence needs not name it.
function without(label, text) {
  return sentence(text.startsWith(label + ": ") ? text.slice(label.length + 2) : text);
}

// `set` gets each value as it is typed; `leave` is called when the field is left.
// `bare`: one of a row, where nothing by itself is asked for.
export function Field({ field, scope, value, name, set, leave, wrong, bare }) {
  const id = scope + "-" + field.name;
  const Input = inputOf(field);
  const grouped = ![Line, Reference, References].includes(Input) && !(Input === Choices && field.values.length > FEW);
  const notes = [wrong && id + "-wrong", field.help && id + "-help", field.warn && id + "-warn"].filter(Boolean).join(" ");
  const label = html`${l(field.label)}${!bare && (field.required || field.key) ? html` <small>(${t("required")})</small>` : ""}`;
  const wide = field.lines || field.type === "list" || field.type === "strokes";
  return html`<div class=${"field" + (wide ? " wide" : "") + (wrong ? " wrong" : "")}>
    ${grouped ? html`<span class="label" id=${id + "-label"}>${label}</span>` : html`<label id=${id + "-label"} for=${id}>${label}</label>`}
    <${Input} id=${id} field=${field} value=${value} name=${name} set=${set} leave=${leave || (() => {})}
      describedby=${notes || undefined} invalid=${!!wrong} />
    ${wrong && html`<p class="wrong-text" id=${id + "-wrong"}>${without(l(field.label), wrong.text)}${wrong.hint && html` <span>${sentence(wrong.hint)}</span>`}</p>`}
    ${field.help && html`<p class="help" id=${id + "-help"}>${sentence(l(field.help))}</p>`}
    ${field.warn && html`<p class="warn" id=${id + "-warn"}>${sentence(l(field.warn))}</p>`}
  </div>`;
}
