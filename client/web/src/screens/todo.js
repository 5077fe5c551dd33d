// SPDX-License-Identifier: Apache-2.0
// What is to be done next: what came back, what two people said differently, what was begun.
import { html } from "../html.js";
import { get } from "../api.js";
import { link, useData, useKinds } from "../hooks.js";
import { l, t } from "../words.js";
import { number, sentence, thisYear, when } from "../parts/format.js";
import { Trouble } from "../parts/notice.js";

function Card({ strong, text, href, act, tone }) {
  return html`<li class=${"card " + (tone || "")}><div><strong>${strong}</strong>${text && html`<p>${text}</p>`}</div>
    <a class="button" href=${href}>${act}</a></li>`;
}

function Returned({ rows, kinds }) {
  return rows.map((row) => html`<${Card} key=${row.change} tone="wrong" strong=${t("todo.returned", l(kinds[row.kind]?.label) || row.kind)}
    text=${sentence(row.why)} href=${link("record", { id: row.record })} act=${t("todo.mend")} />`);
}

// Where a draft is gone on with: its own screen finds it by the year.
function begun(draft) {
  return draft.kind === "evaluation"
    ? link("evaluation", { year: draft.form.year })
    : link("entry", { kind: draft.kind, draft: draft.draft, ...(draft.record ? { id: draft.record } : {}) });
}

// What the year still lacks and a hamlet can do: by the state that it leads to.
const steps = {
  da_dang_ky: (year) => ["entry", { kind: "registration", year, reg_type: "tieu_chuan" }],
  dang_tu_danh_gia: (year) => ["evaluation", { year }],
  da_tu_danh_gia: (year) => ["minutes", { year }],
};

async function ask() {
  const year = thisYear();
  const [refused, conflicts, drafts, households, signed, how] = await Promise.all([
    get("quarantine"),
    get("conflicts", { state: "open" }),
    get("drafts"),
    get("counts", { kind: "household" }),
    get("records", { kind: "commitment", where: "year=" + year, limit: 1 }),
    get("case", { year }).catch(() => ({ missing: [] })),
  ]);
  return { refused, conflicts, drafts, households: households.records, anySigned: signed.records.length > 0, year, missing: how.missing };
}

export function Todo() {
  const kinds = useKinds();
  const { data, problem } = useData(ask, []);
  if (!data || !kinds) {
    return html`<h1>${t("tab.todo")}</h1><${Trouble} problem=${problem} />`;
  }
  const nothing = data.refused.length === 0 && data.conflicts.length === 0 && data.drafts.length === 0;
  return html`<h1>${t("tab.todo")}</h1>
    <${Trouble} problem=${problem} />
    <ul class="cards">
      <${Returned} rows=${data.refused} kinds=${kinds} />
      ${data.conflicts.length > 0 && html`<${Card} tone="wrong" strong=${t("todo.conflicts", number(data.conflicts.length))}
        text=${t("todo.conflicts-why")} href=${link("conflicts")} act=${t("todo.look")} />`}
      ${data.drafts.map((draft) => html`<${Card} key=${draft.draft} strong=${t("todo.draft", l(kinds[draft.kind]?.label) || draft.kind)}
        text=${t("todo.draft-since", when(draft.saved))}
        href=${begun(draft)} act=${t("todo.go-on")} />`)}
      ${data.households === 0
        ? html`<${Card} strong=${t("todo.no-households")} text=${t("todo.no-households-why")} href=${link("entry", { kind: "household" })} act=${t("add")} />`
        : html`<${Card} strong=${t("todo.sheet", data.year)} text=${data.anySigned ? t("todo.sheet-more", number(data.households)) : t("todo.sheet-first", number(data.households))}
            href=${link("sheet", { year: data.year })} act=${t("todo.sheet-open")} />`}
      ${data.households > 0 && data.missing.filter((one) => steps[one.state]).map((one) => html`<${Card} key=${one.state} strong=${sentence(one.text)}
        text=${t("todo.of-year", data.year)} href=${link(...steps[one.state](data.year))} act=${t("todo.do")} />`)}
    </ul>
    ${nothing && html`<p class="empty">${t("todo.nothing")}</p>`}`;
}
