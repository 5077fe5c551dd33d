// SPDX-License-Identifier: Apache-2.0
// The signature sheet, as on paper: its rows, one key press a row where the head signed.
import { html, useEffect, useMemo, useRef, useState } from "../html.js";
import { all, post } from "../api.js";
import { go, link, useData, useKinds, useQuiet } from "../hooks.js";
import { l, t } from "../words.js";
import { number, State, thisYear, today } from "../parts/format.js";
import { Search } from "../parts/list.js";
import { Trouble } from "../parts/notice.js";

export const ROWS = 20; // of one page of paper

function Row({ at, household, commitment, kind, write, wrong }) {
  const signer = useRef(null);
  const relation = useRef(null);
  const head = household.fields.head_name || "";
  const relations = kind.fields.find((field) => field.name === "signer_relation").values;
  const sign = () => write(household, at, { signer_name: signer.current.value, signer_relation: relation.current.value });
  const keys = (event) => {
    if (event.isComposing || event.keyCode === 229) {
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter") {
      event.preventDefault();
      sign();
    } else if (step && event.target.tagName === "INPUT") {
      event.preventDefault();
      const inputs = [...event.target.closest("table").querySelectorAll("input")];
      inputs[inputs.indexOf(event.target) + step]?.focus();
    }
  };
  const name = t("sheet.signer-of", head);
  return html`<tr class=${commitment ? "done" : ""}>
    <td>${at + 1}</td>
    <th scope="row"><a href=${link("record", { id: household.id })}>${head}</a></th>
    <td>${household.fields.address_text || ""}</td>
    ${commitment
      ? html`<td>${commitment.fields.signer_name || ""}</td><td>${l(relations.find((one) => one.value === commitment.fields.signer_relation)?.label)}</td>
          <td><a href=${link("record", { id: commitment.id })}><${State} record=${commitment} /></a></td>`
      : html`<td><input ref=${signer} type="text" defaultValue=${head} aria-label=${name} autocomplete="off" spellcheck=${false} onKeyDown=${keys} />
            ${wrong && html`<p class="wrong-text" role="alert">${wrong}</p>`}</td>
          <td><select ref=${relation} aria-label=${t("sheet.relation-of", head)}>${relations.map((one) => html`<option key=${one.value} value=${one.value}>${l(one.label)}</option>`)}</select></td>
          <td><button type="button" onClick=${sign}>${t("sheet.signed")}</button>
            <button type="button" class="plain" onClick=${() => go("entry", { kind: "commitment", household: household.id })}>${t("sheet.pen")}</button></td>`}
  </tr>`;
}

// The households in the order of the sheets, and what is signed by household.
export async function loadSheet(year) {
  const [households, commitments] = await Promise.all([
    all({ kind: "household" }), all({ kind: "commitment", where: "year=" + year })]);
  return { households, signed: new Map(commitments.map((one) => [one.fields.household, one])) };
}

export function Sheet({ query, tell }) {
  const year = Number(query.year) || thisYear();
  const kinds = useKinds();
  const { data, problem, again } = useData(() => loadSheet(year), [year]);
  const [page, turn] = useState(0);
  const [search, type] = useState("");
  const [wrong, fail] = useState({});
  const date = useRef(null);
  const sheet = useRef(null);
  const table = useRef(null);
  const focusAt = useRef(null);
  const quiet = useQuiet(search, 200);
  const found = useMemo(() => {
    const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();
    const words = fold(quiet).split(/\s+/).filter(Boolean);
    return (data?.households || []).filter((one) => words.every((word) => fold(Object.values(one.fields).join(" ")).includes(word)));
  }, [data, quiet]);
  useEffect(() => {
    if (focusAt.current !== null) {
      table.current?.querySelectorAll("input")[focusAt.current]?.focus();
      focusAt.current = null;
    }
  }, [data]);
  if (!data || !kinds) {
    return html`<h1>${t("tab.sheet")}</h1><${Trouble} problem=${problem} />`;
  }
  const write = async (household, at, given) => {
    const inputs = [...table.current.querySelectorAll("input")];
    const here = inputs.indexOf(document.activeElement);
    const fields = { household: household.id, year, signed: "da_ky", signed_date: date.current.value, sheet_no: sheet.current.value, row_no: sheet.current.value === "" ? "" : String(at % ROWS + 1), ...given };
    const known = Object.fromEntries(Object.entries(fields).filter(([name]) => kinds.commitment.fields.some((field) => field.name === name)));
    try {
      const made = await post("add", { kind: "commitment", fields: known });
      fail({});
      tell({ text: t("sheet.done", household.fields.head_name), change: made.change });
      focusAt.current = here < 0 ? null : here; // the row that was next is now at this place
      await again();
    } catch (bad) {
      fail({ [household.id]: [bad.title, ...bad.fields.map((one) => one.text)].filter(Boolean).join(". ") });
    }
  };
  const pages = Math.max(1, Math.ceil(found.length / ROWS));
  const now = Math.min(page, pages - 1);
  const rows = found.slice(now * ROWS, now * ROWS + ROWS);
  return html`<div class="head"><h1>${t("sheet.title", year)}</h1>
      <p class="tally"><strong>${number(data.signed.size)}</strong> ${t("sheet.of", number(data.households.length))}</p></div>
    <div class="sheet-head">
      <label><span>${t("year")}</span><input type="text" class="short" inputmode="numeric" defaultValue=${year}
        onChange=${(event) => /^\d{4}$/.test(event.target.value) && go("sheet", { year: event.target.value })} /></label>
      <label><span>${t("sheet.date")}</span><input ref=${date} type="text" class="short" defaultValue=${today()} placeholder=${t("date-form")} /></label>
      <label><span>${t("sheet.number")}</span><input ref=${sheet} type="text" class="short" inputmode="numeric" defaultValue=${now + 1} /></label>
      <${Search} type=${(text) => { type(text); turn(0); }} />
    </div>
    <p class="help">${t("sheet.help")}</p>
    <${Trouble} problem=${problem} />
    ${data.households.length === 0 ? html`<p class="empty">${t("todo.no-households-why")}</p>` : html`<div class="scroll" tabindex="0" role="region" aria-label=${t("sheet.title", year)}>
      <table ref=${table} class="sheet"><thead><tr><th scope="col">${t("sheet.no")}</th><th scope="col">${t("sheet.head")}</th><th scope="col">${t("sheet.address")}</th>
        <th scope="col">${t("sheet.signer")}</th><th scope="col">${t("sheet.relation")}</th><th scope="col">${t("state")}</th></tr></thead>
      <tbody>${rows.map((household, at) => html`<${Row} key=${household.id} at=${now * ROWS + at} household=${household}
        commitment=${data.signed.get(household.id)} kind=${kinds.commitment} write=${write} wrong=${wrong[household.id]} />`)}</tbody></table></div>`}
    <div class="acts"><button type="button" disabled=${now === 0} onClick=${() => turn(now - 1)}>${t("sheet.before")}</button>
      <span>${t("sheet.page", now + 1, pages)}</span>
      <button type="button" disabled=${now + 1 >= pages} onClick=${() => turn(now + 1)}>${t("sheet.next")}</button>
      ${quiet.trim() === "" && data.households.length > 0 && html`<a class="button" href=${link("print", { year, sheet: now + 1 })}>${t("sheet.print")}</a>
        <a class="button" href=${link("print", { year, sheet: "all" })}>${t("sheet.print-all")}</a>`}</div>`;
}
