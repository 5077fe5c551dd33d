// SPDX-License-Identifier: Apache-2.0
// The tree of units: looked up, a list taken in, a hamlet added, renamed, merged.
import { html, useState } from "../../html.js";
import { get, post } from "../../api.js";
import { link, useData, useQuiet } from "../../hooks.js";
import { t } from "../../words.js";
import { day, number, sentence, todayIso } from "../../parts/format.js";
import { packed } from "../../parts/base64.js";
import { Trouble } from "../../parts/notice.js";
import { Setup } from "../setup.js";
import { added, levelOf, typeName } from "../unit_types.js";
import { UnitField } from "../unit_field.js";

const QUIET_MS = 200;

// One row of a table, as a spreadsheet would write it.
const cell = (text) => `"${text.replace(/"/g, '""')}"`;

let made = 0;

function Text({ name, label, help, form, put, type = "text", required }) {
  const [id] = useState(() => "part-" + ++made);
  return html`<div class="field"><label for=${id}>${label}</label>
    <input id=${id} type=${type} required=${required} maxlength="120" value=${form[name] || ""} aria-describedby=${help ? id + "-help" : undefined}
      onInput=${(event) => put((old) => ({ ...old, [name]: event.target.value }))} />${help && html`<p class="help" id=${id + "-help"}>${help}</p>`}</div>`;
}

// One act with its fields: it says what is wrong beside them, and is empty again afterwards. What
// alters the form goes by what it is then: a code may be offered while somebody types.
function Act({ title, help, start, send, ready, done, children }) {
  const [form, put] = useState(start);
  const [turn, next] = useState(0);
  const [problem, fail] = useState(null);
  const submit = (event) => {
    event.preventDefault();
    send(form).then((said) => {
      fail(null);
      put(start);
      next(turn + 1);
      done(said);
    }, fail);
  };
  return html`<details class="act"><summary>${title}</summary><form onSubmit=${submit}><p class="help">${help}</p>
    <div key=${turn}>${children(form, put)}</div><p><button type="submit" disabled=${!ready(form)}>${title}</button></p>
    <${Trouble} problem=${problem} /></form></details>`;
}

function Import({ done }) {
  const [said, say] = useState(null);
  const [problem, fail] = useState(null);
  const [on, date] = useState("");
  const read = async (event) => {
    const [file] = event.target.files;
    event.target.value = "";
    if (!file) {
      return;
    }
    try {
      const taken = await post("units-import", { file: file.name, data: packed(new Uint8Array(await file.arrayBuffer())), ...(on ? { on } : {}) });
      say(t("desk.units.imported", number(taken.added), number(taken.changed), number(taken.unchanged)));
      fail(null);
      done();
    } catch (wrong) {
      say(null);
      fail(wrong);
    }
  };
  return html`<details class="act"><summary>${t("desk.units.import")}</summary><p class="help">${t("desk.units.import-how")}</p>
    <div class="field"><label for="import-on">${t("desk.units.since")}</label>
      <input id="import-on" type="date" value=${on} onInput=${(event) => date(event.target.value)} /></div>
    <p><label class="button">${t("desk.units.choose")}<input type="file" accept=".csv,text/csv,.xlsx" onChange=${read} /></label></p>
    <p role="status">${said}</p><${Trouble} problem=${problem} /></details>`;
}

const add = ({ code, type, name, parent, from }) => post("units-import", {
  file: "page.csv",
  table: "code,level,type,name,parent_code,valid_from\n" + [code, levelOf(type), type, name, parent, from].map((text) => cell(text || "")).join(",") + "\n",
}).then(() => name);

// Hamlets have no public code: the next one that nothing below the unit has or had.
async function nextCode(parent) {
  const codes = (await get("units", { under: parent })).map((unit) => unit.code);
  const last = Math.max(0, ...codes.map((code) => Number(/(\d+)$/.exec(code.slice(parent.length))?.[1] || 0)));
  return `${parent}-${String(last + 1).padStart(2, "0")}`;
}

// What was offered goes where nobody typed a code of his own.
function chosen(parent, put) {
  put((form) => ({ ...form, parent }));
  if (parent) {
    nextCode(parent).then((code) => put((form) => (form.parent === parent && (!form.code || form.code === form.offered) ? { ...form, code, offered: code } : form)), () => {});
  }
}

function Acts({ done }) {
  const told = (text) => () => done(text);
  return html`<${Import} done=${() => done(null)} />
    <${Act} title=${t("desk.units.add")} help=${t("desk.units.add-how")} start=${{ type: added[0], from: todayIso() }}
      send=${add} ready=${(form) => form.code && form.name && form.parent} done=${(name) => done(t("desk.units.added", name))}>
      ${(form, put) => html`<${UnitField} label=${t("desk.units.parent")} value=${form.parent || ""} put=${(parent) => chosen(parent, put)} />
        <div class="field"><label for="unit-type">${t("desk.units.type")}</label>
          <select id="unit-type" value=${form.type} onChange=${(event) => put((old) => ({ ...old, type: event.target.value }))}>
            ${added.map((type) => html`<option key=${type} value=${type}>${typeName(type)}</option>`)}</select></div>
        <${Text} name="name" label=${t("desk.units.name")} form=${form} put=${put} required />
        <${Text} name="code" label=${t("desk.units.code")} help=${t("desk.units.code-how")} form=${form} put=${put} required />
        <${Text} name="from" type="date" label=${t("desk.units.from")} form=${form} put=${put} />`}</${Act}>
    <${Act} title=${t("desk.units.rename")} help=${t("desk.units.rename-how")} start=${{ on: todayIso() }}
      send=${({ unit, name, on }) => post("units-rename", { unit, name, on })} ready=${(form) => form.unit && form.name && form.on}
      done=${told(t("desk.units.renamed"))}>
      ${(form, put) => html`<${UnitField} label=${t("desk.units.unit")} value=${form.unit || ""} put=${(unit) => put((old) => ({ ...old, unit }))} />
        <${Text} name="name" label=${t("desk.units.name")} form=${form} put=${put} required />
        <${Text} name="on" type="date" label=${t("desk.units.since")} form=${form} put=${put} required />`}</${Act}>
    <${Act} title=${t("desk.units.merge")} help=${t("desk.units.merge-how")} start=${{ on: todayIso() }}
      send=${({ unit, into, on }) => post("units-merge", { unit, into, on })} ready=${(form) => form.unit && form.into && form.on}
      done=${told(t("desk.units.merged"))}>
      ${(form, put) => html`<${UnitField} label=${t("desk.units.unit")} value=${form.unit || ""} put=${(unit) => put((old) => ({ ...old, unit }))} />
        <${UnitField} label=${t("desk.units.into")} value=${form.into || ""} put=${(into) => put((old) => ({ ...old, into }))} />
        <${Text} name="on" type="date" label=${t("desk.units.since")} form=${form} put=${put} required />`}</${Act}>`;
}

// Of those that are shown beside it the name is known.
const called = (code, all) => {
  const name = all.find((unit) => unit.code === code)?.name;
  return name ? `${name} (${code})` : code;
};

function Row({ unit, all }) {
  const ended = unit.into ? t("desk.units.into-since", called(unit.into, all), day(unit.to || "")) : unit.to ? t("desk.units.until", day(unit.to)) : "";
  const name = unit.then.name || unit.code;
  return html`<tr><th scope="row">${unit.level === "hamlet" ? name : html`<a href=${link("units", { under: unit.code })}>${name}</a>`}<small>${unit.then.name !== unit.name ? t("desk.units.now", unit.name) : ""}</small></th>
    <td>${unit.code}</td><td>${typeName(unit.type)}</td><td>${unit.parent || ""}</td><td>${unit.open ? t("desk.units.open") : sentence(ended)}
      ${unit.versions.map((one) => html`<small key=${one.valid_to}>${t("desk.units.was", one.name, day(one.valid_to || ""))}</small>`)}</td></tr>`;
}

// Where one is in the tree, and the way back up.
function Below({ under, scope }) {
  const { data } = useData(() => get("units", { code: under }), [under]);
  const [unit] = data || [];
  return unit ? html`<div class="head"><h2>${t("desk.units.below", `${unit.name} (${unit.code})`)}</h2>
    ${under !== scope && html`<a class="button" href=${link("units")}>${t("office.up")}</a>`}</div>` : null;
}

export function Units({ query, session, tell }) {
  const [typed, type] = useState("");
  const [on, date] = useState("");
  const under = query.under || session.scope;
  const search = useQuiet(typed.trim(), QUIET_MS);
  const { data, problem, again } = useData(() => get("units", search === "" ? { under, on } : { search, on }), [search, on, under]);
  const done = (text) => {
    if (text) {
      tell({ text });
    }
    again();
  };
  return html`<h1>${t("desk.tab.units")}</h1>
    <${Setup} key=${data?.length === 0} session=${session} tell=${tell} done=${again} />
    ${session.rights.includes("units") && html`<${Acts} done=${done} />`}
    <div class="finder"><label class="search"><span>${t("desk.unit.search")}</span>
      <input type="search" value=${typed} onInput=${(event) => type(event.target.value)} /></label>
      <label class="search"><span>${t("desk.units.on")}</span><input type="date" value=${on} onInput=${(event) => date(event.target.value)} /></label></div>
    <${Trouble} problem=${problem} />
    ${search === "" && html`<${Below} under=${under} scope=${session.scope} />`}
    ${data && (data.length === 0 ? html`<p class="empty">${t("desk.units.none")}</p>` : html`
      <div class="scroll" tabindex="0" role="region" aria-label=${t("desk.tab.units")}><table><thead><tr>
      ${["name", "code", "type", "parent", "state"].map((name) => html`<th key=${name} scope="col">${t("desk.units." + name)}</th>`)}</tr></thead>
      <tbody>${data.map((unit) => html`<${Row} key=${unit.code} unit=${unit} all=${data} />`)}</tbody></table></div>`)}`;
}
