// SPDX-License-Identifier: Apache-2.0
// The auditor's: who did what, the newest first; whether the log is whole; all of it, to keep.
import { html, useState } from "../../html.js";
import { get, getLong, post } from "../../api.js";
import { useData } from "../../hooks.js";
import { t } from "../../words.js";
import { day, number, when } from "../../parts/format.js";
import { give } from "../../parts/give.js";
import { Trouble } from "../../parts/notice.js";

function Whole() {
  const [found, put] = useState(null);
  const [problem, fail] = useState(null);
  const verify = () => post("audit-verify").then((said) => {
    put(said);
    fail(null);
  }, fail);
  return html`<p><button type="button" onClick=${verify}>${t("desk.audit.verify")}</button></p>
    <div role="status">${found && html`<p>${t("desk.audit.whole", number(found.rows))}</p><p><code class="mark">${found.head}</code></p>
      <p class="help">${t("desk.audit.mark")}</p>`}</div><${Trouble} problem=${problem} />`;
}

// What has no word of ours yet keeps its name.
const known = (said, key, name) => (said === key + name ? name : said);

function act(name) {
  const said = t("desk.act." + name.replace(" ", "-"));
  return said === "desk.act." + name.replace(" ", "-") ? name : said;
}

// role=commune_officer unit=30592: what has a word of ours is said by it.
const words = ["unit", "role", "into", "on", "policy", "at-once"];
const values = { role: (value) => known(t("role." + value), "role.", value), on: day,
  policy: (value) => known(t("rules.policy." + value), "rules.policy.", value) };

function detail(text) {
  return text.split(" ").map((part) => {
    const [name, value] = part.split("=");
    const said = value && values[name] ? values[name](value) : value;
    return words.includes(name) ? [t("desk.audit.of." + name), said].filter(Boolean).join(" ") : part;
  }).join(" · ");
}

function Table({ rows }) {
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${t("desk.tab.audit")}><table>
    <thead><tr>${["time", "account", "act", "on", "detail"].map((name) => html`<th key=${name} scope="col">${t("desk.audit." + name)}</th>`)}</tr></thead>
    <tbody>${rows.map((row) => html`<tr key=${row.n}><td class="state">${when(row.time)}</td><th scope="row">${row.account}</th>
      <td>${act(row.act)}</td><td><code>${row.on}</code></td><td>${detail(row.detail || "")}</td></tr>`)}</tbody></table></div>`;
}

export function Audit() {
  const [since, choose] = useState("");
  const [older, put] = useState([]);
  const [next, follow] = useState(undefined); // of `older`; undefined: of the first page
  const [problem, fail] = useState(null);
  const first = useData(() => get("audit", { since }), [since]);
  const rows = [...(first.data?.rows || []), ...older];
  const before = next === undefined ? first.data?.next : next;
  const from = (event) => {
    put([]);
    follow(undefined);
    choose(event.target.value);
  };
  const more = () => get("audit", { since, before }).then((page) => {
    put([...older, ...page.rows]);
    follow(page.next);
  }, fail);
  const save = () => getLong("audit-export", { since }).then((file) => {
    give(file.bytes, file.name);
    fail(null);
  }, fail);
  return html`<div class="head"><h1>${t("desk.tab.audit")}</h1>
      <button type="button" onClick=${save}>${t("desk.audit.save")}</button></div>
    <p class="help">${t("desk.audit.why")}</p>
    <${Whole} />
    <label class="search"><span>${t("desk.audit.since")}</span><input type="date" value=${since} onChange=${from} /></label>
    <${Trouble} problem=${problem || first.problem} />
    ${first.data && (rows.length === 0 ? html`<p class="empty">${t("desk.audit.none")}</p>` : html`<${Table} rows=${rows} />`)}
    ${before && html`<p><button type="button" onClick=${more}>${t("desk.audit.older")}</button></p>`}`;
}
