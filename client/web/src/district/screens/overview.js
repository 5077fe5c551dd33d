// SPDX-License-Identifier: Apache-2.0
// How it stands, in numbers, and what is overdue first.
import { html } from "../../html.js";
import { get } from "../../api.js";
import { link, useData } from "../../hooks.js";
import { t } from "../../words.js";
import { number, when } from "../../parts/format.js";
import { Trouble } from "../../parts/notice.js";
import { Setup } from "../setup.js";
import { desks } from "../desks.js";

// The desk at which it is put right, if it is one's own.
const where = { conflicts: "conflicts", quarantine: "quarantine", silent: "fleet", copied: "fleet" };

function Due({ due, session }) {
  const desk = desks.find(({ name, right }) => name === where[due.what] && session.rights.includes(right));
  const what = due.what === "backup" && !due.since ? "backup-never" : due.what;
  return html`<li class=${"card" + (["refill", "backup"].includes(due.what) ? " wrong" : "")}>
    <div><strong>${t("desk.due." + what, number(due.n), when(due.since))}</strong>
      <p>${t("desk.do." + due.what)}</p></div>
    ${desk && html`<div class="acts"><a class="button" href=${link(desk.name)}>${t("desk.tab." + desk.name)}</a></div>`}</li>`;
}

function Rows({ data }) {
  const rows = [
    ["active", data.laptops.active], ["quiet", data.laptops.quiet], ["silent", data.laptops.silent],
    ["never", data.laptops.never], ["waiting", data.laptops.waiting],
    ["conflicts", data.conflicts], ["quarantined", data.quarantined],
  ];
  return html`<table class="numbers"><caption class="unseen">${t("desk.numbers")}</caption><tbody>
    ${rows.map(([name, n]) => html`<tr key=${name}><th scope="row">${t("desk.count." + name)}</th><td>${number(n)}</td></tr>`)}
    ${"backup" in data && html`<tr><th scope="row">${t("desk.count.backup")}</th>
      <td>${data.backup ? when(data.backup) : t("desk.never")}</td></tr>`}</tbody></table>`;
}

// Whoever comes first to a server without a list is led to it.
const bare = (session) => session.rights.includes("units") && session.scope_name === session.scope;

export function Overview({ session, tell }) {
  const { data, problem } = useData(() => get("overview"), []);
  return html`<h1>${t("desk.overview", session.scope_name)}</h1>
    ${bare(session) && html`<${Setup} session=${session} tell=${tell} done=${() => {}} />`}<${Trouble} problem=${problem} />
    ${data && html`<h2>${t("desk.overdue")}</h2>
      ${data.overdue.length === 0 ? html`<p class="empty">${t("desk.nothing")}</p>`
        : html`<ul class="cards">${data.overdue.map((due) => html`<${Due} key=${due.what} due=${due} session=${session} />`)}</ul>`}
      <h2>${t("desk.numbers")}</h2><${Rows} data=${data} />`}`;
}
