// SPDX-License-Identifier: Apache-2.0
// What two people entered differently and nobody has decided: rows in words, without names.
import { html, useEffect, useState } from "../../html.js";
import { get } from "../../api.js";
import { go, link, useData, useKinds } from "../../hooks.js";
import { l, t } from "../../words.js";
import { number, when } from "../../parts/format.js";
import { called } from "../../parts/conflict.js";
import { Trouble } from "../../parts/notice.js";
import { Case } from "./case.js";
import { Merges } from "./merges.js";
import { Pair, Pairs } from "./pairs.js";
import { Questions } from "./questions.js";
import { Rules } from "./rules.js";

const DAY_MS = 86400000;
const HOUR_MS = 3600000;
const types = ["edits", "delete", "signatures", "created"];
const ages = [1, 3, 7, 30];

// How far apart in time the first and the last of them wrote.
function span(hands) {
  const times = hands.map((hand) => Date.parse(hand.time)).sort((a, b) => a - b);
  const apart = times[times.length - 1] - times[0];
  if (!(apart >= HOUR_MS)) {
    return t("inbox.within-hour");
  }
  return apart < DAY_MS ? t("inbox.hours", Math.round(apart / HOUR_MS)) : t("inbox.days", Math.round(apart / DAY_MS));
}

function words(kind, row) {
  const whole = { fields: kind.fields, groups: kind.groups };
  const parts = row.registers.filter((name) => !name.startsWith("~")).map((register) => called(whole, { register })).join("; ");
  const who = [...new Set(row.hands.map((hand) => `${t("role." + hand.role)} (${hand.unit_name})`))].join(", ");
  return t("inbox.row." + row.type, who, parts, span(row.hands));
}

function Row({ row, kind, claim, at }) {
  const days = Math.floor((Date.now() - Date.parse(row.opened)) / DAY_MS);
  return html`<li class="card"><div><strong>${kind ? l(kind.label) : row.kind} · ${row.unit_name}</strong>
      <p>${kind && words(kind, row)}</p>
      <p class="help">${t("inbox.type." + row.type)} · ${days === 0 ? t("inbox.today") : t("inbox.open-for", number(days))}
        ${claim && !claim.mine ? " · " + t("inbox.claimed", claim.account) : ""}</p></div>
    <a class="button" id=${"row-" + at} href=${link("conflicts", { case: row.case })}>${t("inbox.open")}</a></li>`;
}

function Filter({ label, value, change, children }) {
  return html`<label class="search"><span>${label}</span><select value=${value || ""} onChange=${(event) => change(event.target.value)}>
    <option value="">${t("inbox.any")}</option>${children}</select></label>`;
}

function Filters({ data, kinds, query }) {
  const set = (name) => (value) => go("conflicts", Object.fromEntries(Object.entries({ ...query, [name]: value }).filter(([, one]) => one)));
  const option = (value, text) => html`<option key=${value} value=${value}>${text}</option>`;
  return html`<div class="sheet-head">
    <${Filter} label=${t("inbox.place")} value=${query.unit} change=${set("unit")}>
      ${data.units.map((unit) => option(unit.unit, `${unit.unit_name} · ${number(unit.cases)}`))}<//>
    <${Filter} label=${t("inbox.kind")} value=${query.kind} change=${set("kind")}>
      ${data.kinds.map((one) => option(one.kind, `${l(kinds[one.kind]?.label) || one.kind} · ${number(one.cases)}`))}<//>
    <${Filter} label=${t("inbox.sort")} value=${query.type} change=${set("type")}>
      ${types.map((type) => option(type, `${t("inbox.type." + type)} · ${number(data.types[type])}`))}<//>
    <${Filter} label=${t("inbox.age")} value=${query.days} change=${set("days")}>
      ${ages.map((days) => option(String(days), t("inbox.older", days)))}<//></div>`;
}

// j and k go from row to row, as in a mailbox.
function useRows(count) {
  useEffect(() => {
    const keys = (event) => {
      if (event.target.closest("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey || !"jk".includes(event.key)) {
        return;
      }
      const at = Number(document.activeElement?.id?.replace("row-", "") ?? NaN);
      const next = Number.isNaN(at) || !document.activeElement.id.startsWith("row-") ? 0 : at + (event.key === "j" ? 1 : -1);
      document.getElementById("row-" + Math.max(0, Math.min(count - 1, next)))?.focus();
    };
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  }, [count]);
}

function List({ query }) {
  const kinds = useKinds();
  const [limit, more] = useState(50);
  const { data, problem } = useData(async () => {
    const [inbox, claims] = await Promise.all([get("inbox", { ...query, limit }), get("claims")]);
    return { ...inbox, claims: Object.fromEntries(claims.map((one) => [one.case, one])) };
  }, [JSON.stringify(query), limit]);
  useRows(data?.cases.length || 0);
  if (!data || !kinds) {
    return html`<h1>${t("desk.tab.conflicts")}</h1><${Trouble} problem=${problem} />`;
  }
  return html`<div class="head"><h1>${t("inbox.title", number(data.fit))}</h1>
      <div class="acts"><a class="button" href=${link("conflicts", { view: "pairs" })}>${t("pairs.title")}</a>
        <a class="button" href=${link("conflicts", { view: "merges" })}>${t("merges.title")}</a>
        <a class="button" href=${link("conflicts", { view: "questions" })}>${t("questions.title")}</a>
        <a class="button" href=${link("conflicts", { view: "rules" })}>${t("rules.title")}</a></div></div>
    <${Filters} data=${data} kinds=${kinds} query=${query} />
    <${Trouble} problem=${problem} />
    ${data.cases.length === 0 ? html`<p class="empty">${t("inbox.none")}</p>` : html`<ul class="cards">
      ${data.cases.map((row, at) => html`<${Row} key=${row.case} row=${row} kind=${kinds[row.kind]} claim=${data.claims[row.case]} at=${at} />`)}</ul>`}
    ${data.next !== null && html`<p><button type="button" onClick=${() => more(Math.min(200, limit + 50))}>${t("inbox.more")}</button></p>`}
    <p class="help">${t("inbox.keys")}</p>`;
}

export function Inbox({ query, session, tell }) {
  const { case: id, view, one, other, ...filters } = query;
  if (id) {
    return html`<${Case} key=${id} id=${id} filters=${filters} tell=${tell} />`;
  }
  if (one && other) {
    return html`<${Pair} one=${one} other=${other} tell=${tell} />`;
  }
  if (view === "pairs") {
    return html`<${Pairs} />`;
  }
  if (view === "merges") {
    return html`<${Merges} tell=${tell} />`;
  }
  if (view === "questions") {
    return html`<${Questions} tell=${tell} />`;
  }
  return view === "rules" ? html`<${Rules} query=${filters} session=${session} tell=${tell} />` : html`<${List} query=${filters} />`;
}
