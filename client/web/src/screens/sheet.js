// SPDX-License-Identifier: Apache-2.0
// The signature sheet, as on paper: its rows, one key press a row where the head signed.
// A row is saved by itself; what was typed in the others is kept as a draft.
import { html, useEffect, useMemo, useRef, useState } from "../html.js";
import { all, get, post } from "../api.js";
import { go, link, ANSWER_MS, useData, useKinds, useQuiet } from "../hooks.js";
import { t } from "../words.js";
import { number, thisYear, today } from "../parts/format.js";
import { useDraft } from "../parts/form.js";
import { Search } from "../parts/list.js";
import { SheetRow } from "../parts/sheet_row.js";
import { Trouble } from "../parts/notice.js";

export const ROWS = 20; // of one page of paper
const KIND = "commitment";
const QUIET_MS = 1000; // the whole register is read again once nobody signs for so long
const HEAD = "hamlet-sheet";

// Nobody is there any more who could sign.
const GONE = ["da_chuyen", "nhap_ho", "nha_trong"];

const isSigned = (commitment) => commitment.fields.signed !== "chua_ky";

// The households in the order of the sheets, and what is signed, or said to be not signed yet.
export async function loadSheet(year, traces = false) {
  const [households, commitments] = await Promise.all([
    all({ kind: "household" }), all({ kind: KIND, where: "year=" + year, ...(traces ? { long: 1 } : {}) })]);
  const of = (some) => new Map(some.map((one) => [one.fields.household, one]));
  const signed = of(commitments.filter(isSigned));
  return { households: households.filter((one) => signed.has(one.id) || !GONE.includes(one.fields.status)),
    signed, open: of(commitments.filter((one) => !isSigned(one))) };
}

// Date and number of the paper in hand stay for the day, whatever happens to the page.
function headKept(year) {
  try {
    const kept = JSON.parse(localStorage.getItem(HEAD));
    return kept.year === year && kept.on === today() ? kept : {};
  } catch {
    return {};
  }
}

function Head({ year, head, page, type, turned }) {
  const keep = () => localStorage.setItem(HEAD, JSON.stringify({ ...head.current, year, on: today() }));
  const sheet = useRef(null);
  const count = (text) => {
    head.current.shift = /^\d{1,5}$/.test(text.trim()) ? Number(text) - page - 1 : text.trim() === "" ? null : text;
    keep();
  };
  useEffect(() => {
    sheet.current.value = sheetNumber(head.current, page);
  }, [page]);
  return html`<div class="sheet-head">
    <label><span>${t("year")}</span><input type="text" class="short" inputmode="numeric" defaultValue=${year}
      onChange=${(event) => /^\d{4}$/.test(event.target.value) && go("sheet", { year: event.target.value })} /></label>
    <label><span>${t("sheet.date")}</span><input type="text" class="short" defaultValue=${head.current.date} placeholder=${t("date-form")}
      onInput=${(event) => { head.current.date = event.target.value; keep(); }} /></label>
    <label><span>${t("sheet.number")}</span><input ref=${sheet} type="text" class="short" inputmode="numeric"
      onInput=${(event) => count(event.target.value)} /></label>
    <${Search} type=${(text) => { type(text); turned(0); }} />
  </div>`;
}

// Papers that were numbered otherwise go on as they began; none: there is no paper.
function sheetNumber(head, page) {
  return head.shift === null ? "" : typeof head.shift === "number" ? String(page + 1 + head.shift) : head.shift;
}

// That the row still says what it said here: its mark. Else nothing of it was seen.
async function seenAs(row, names) {
  const now = await get("record", { id: row.id });
  const same = (name) => JSON.stringify(now.fields[name]) === JSON.stringify(row.fields[name]);
  return names.every(same) ? now.seen : "";
}

function fold(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();
}

function Rows({ year, data, alter, kinds, tell }) {
  // It opens where the last one stopped: the first who has neither signed nor said "not yet".
  const first = useRef(data.households.findIndex((one) => !data.signed.has(one.id) && !data.open.has(one.id))).current;
  const [page, turn] = useState(Math.floor(Math.max(0, first) / ROWS));
  const [search, type] = useState("");
  const [wrong, fail] = useState({});
  const head = useRef(null);
  head.current ||= { date: today(), shift: 0, ...headKept(year) };
  const next = useRef(data.households[first]?.id); // whose row is to be ready once it is drawn
  const form = useRef({ year, rows: {}, ...data.draft?.form });
  const draft = useDraft(KIND, undefined, data.draft?.draft, form);
  useEffect(() => Object.keys(form.current.rows).filter((id) => data.signed.has(id)).forEach(kept), []);
  const quiet = useQuiet(search, ANSWER_MS);
  const found = useMemo(() => {
    const words = fold(quiet).split(/\s+/).filter(Boolean);
    return data.households.filter((one) => words.every((word) => fold(Object.values(one.fields).join(" ")).includes(word)));
  }, [data.households, quiet]);
  const place = useMemo(() => new Map(data.households.map((one, at) => [one.id, at])), [data.households]);
  const sheetOf = (household) => Math.floor(place.get(household.id) / ROWS);
  const pages = Math.max(1, Math.ceil(found.length / ROWS));
  const now = Math.min(page, pages - 1);
  const rows = found.slice(now * ROWS, now * ROWS + ROWS);
  const pageOf = (household) => Math.floor(found.indexOf(household) / ROWS);
  const elsewhere = found.filter((one) => wrong[one.id] && !rows.includes(one)); // not saved, and not to be seen here
  const ready = () => {
    const input = next.current && document.getElementById("signer-" + next.current);
    if (input) {
      next.current = null;
      input.focus();
    }
  };
  useEffect(ready, [now, data]);
  const keep = (id, typed) => {
    form.current.rows[id] = typed;
    draft.touch();
  };
  const kept = async (id) => {
    if (id in form.current.rows) {
      delete form.current.rows[id];
      await (Object.keys(form.current.rows).length > 0 ? draft.touch() : draft.drop());
    }
  };
  // The next row is ready at once, where it stands on this page: typing goes on while this one is saved.
  const sign = async (household, given) => {
    const after = found.slice(found.indexOf(household) + 1).find((one) => !data.signed.has(one.id));
    const begun = data.open.get(household.id);
    const sheet = sheetNumber(head.current, sheetOf(household));
    const fields = { signed: "da_ky", signed_date: head.current.date, sheet_no: sheet, row_no: sheet === "" ? "" : String(place.get(household.id) % ROWS + 1), ...given };
    const known = Object.fromEntries(Object.entries(fields).filter(([name]) => kinds[KIND].fields.some((field) => field.name === name)));
    next.current = after?.id;
    ready();
    try {
      const made = begun ? await post("edit", { id: begun.id, fields: known, seen: await seenAs(begun, Object.keys(known)) })
        : await post("add", { kind: KIND, fields: { household: household.id, year, ...known } });
      fail(({ [household.id]: mended, ...others }) => others);
      alter((before) => ({ ...before, signed: new Map(before.signed).set(household.id, { id: made.id, fields: known, state: "local" }) }));
      tell({ text: t("sheet.done", household.fields.head_name), ...made });
      next.current && next.current === after?.id && turn(pageOf(after)); // answers may come in another order than they were asked
      kept(household.id);
      return true;
    } catch (bad) {
      next.current = next.current === after?.id ? null : next.current;
      fail((before) => ({ ...before, [household.id]: [bad.title, ...bad.fields.map((one) => one.text)].filter(Boolean).join(". ") }));
      return false;
    }
  };
  const last = now + 1 >= pages;
  return html`<${Head} year=${year} head=${head} page=${rows.length > 0 ? sheetOf(rows[0]) : 0} type=${type} turned=${turn} />
    <p class="help">${t("sheet.help")}</p>
    ${elsewhere.map((one) => html`<p class="wrong-text" role="alert" key=${one.id}><button type="button" class="plain"
      onClick=${() => turn(pageOf(one))}>${one.fields.head_name}</button> ${wrong[one.id]}</p>`)}
    ${data.households.length === 0 ? html`<p class="empty">${t("todo.no-households-why")}</p>` : html`<div class="scroll" tabindex="0" role="region" aria-label=${t("sheet.title", year)}>
      <table class="sheet"><thead><tr><th scope="col">${t("sheet.no")}</th><th scope="col">${t("sheet.head")}</th><th scope="col">${t("sheet.address")}</th>
        <th scope="col">${t("sheet.signer")}</th><th scope="col">${t("sheet.relation")}</th><th scope="col">${t("state")}</th></tr></thead>
      <tbody onFocusOut=${draft.leave}>${rows.map((household) => html`<${SheetRow} key=${household.id} at=${place.get(household.id)} household=${household} commitment=${data.signed.get(household.id)}
        kind=${kinds[KIND]} typed=${form.current.rows[household.id]} keep=${keep} sign=${sign} wrong=${wrong[household.id]} />`)}</tbody></table></div>`}
    <div class="acts"><button type="button" disabled=${now === 0} onClick=${() => turn(now - 1)}>${t("sheet.before")}</button>
      <span>${t("sheet.page", now + 1, pages)}</span>
      <button type="button" disabled=${last} onClick=${() => turn(now + 1)}>${t("sheet.next")}</button>
      ${quiet.trim() === "" && data.households.length > 0 && html`<a class="button" href=${link("print", { year, sheet: now + 1 })}>${t("sheet.print")}</a>
        <a class="button" href=${link("print", { year, sheet: "all" })}>${t("sheet.print-all")}</a>`}
      <span class="kept" role="status">${draft.saved ? t("draft-kept") : ""}</span></div>`;
}

async function ask(year) {
  const [sheet, drafts] = await Promise.all([loadSheet(year), get("drafts")]);
  return { ...sheet, draft: drafts.find((one) => one.kind === KIND && one.form.rows && one.form.year === year) };
}

export function Sheet({ query, tell }) {
  const year = Number(query.year) || thisYear();
  const kinds = useKinds();
  const { data, problem, alter } = useData(() => ask(year), [year], QUIET_MS);
  return html`<div class="head"><h1>${t("sheet.title", year)}</h1>
      ${data && html`<p class="tally"><strong>${number(data.signed.size)}</strong> ${t("sheet.of", number(data.households.length))}</p>`}</div>
    <${Trouble} problem=${problem} />
    ${data && kinds && html`<${Rows} year=${year} data=${data} alter=${alter} kinds=${kinds} tell=${tell} />`}`;
}
