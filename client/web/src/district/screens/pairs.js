// SPDX-License-Identifier: Apache-2.0
// Records that look like one: a list without names, and two of them side by side.
import { html, useEffect, useState } from "../../html.js";
import { getLong, post } from "../../api.js";
import { go, link, useData, useKinds } from "../../hooks.js";
import { l, t } from "../../words.js";
import { number, text } from "../../parts/format.js";
import { Trouble } from "../../parts/notice.js";

const SHOWN = 100;

export function Pairs() {
  const kinds = useKinds();
  const { data, problem } = useData(() => getLong("duplicates", {}), []);
  if (!kinds || !data) {
    return html`<h1>${t("pairs.title")}</h1><${Trouble} problem=${problem} />`;
  }
  const field = (row, name) => l(kinds[row.kind]?.fields.find((one) => one.name === name)?.label);
  return html`<div class="head"><h1>${t("pairs.title")} (${number(data.length)})</h1>
      <a class="button" href=${link("conflicts")}>${t("case.back")}</a></div><${Trouble} problem=${problem} />
    ${data.length === 0 ? html`<p class="empty">${t("pairs.none")}</p>` : html`<ul class="cards">${data.slice(0, SHOWN).map((row) => {
      const [one, other] = row.records;
      return html`<li class="card" key=${one.id + other.id}><div><strong>${l(kinds[row.kind]?.label)} · ${one.unit}${other.unit === one.unit ? "" : " · " + other.unit}</strong>
        <p>${t("pairs." + row.level)}${row.reason.same ? " · " + t("pairs.same", field(row, row.reason.same)) : ""}</p></div>
        <a class="button" href=${link("conflicts", { one: one.id, other: other.id })}>${t("inbox.open")}</a></li>`;
    })}</ul>`}`;
}

export function Pair({ one, other, tell }) {
  const kinds = useKinds();
  const [data, put] = useState(null);
  const [problem, fail] = useState(null);
  const [said, type] = useState("");
  useEffect(() => {
    post("pair-open", { id: one, other }).then(put, fail);
    return () => {
      post("case-leave", { case: one }, false).catch(() => {});
      post("case-leave", { case: other }, false).catch(() => {});
    };
  }, [one, other]);
  const kind = kinds && data && kinds[data.kind];
  if (!kind) {
    return html`<h1>${t("pairs.title")}</h1><${Trouble} problem=${problem} />`;
  }
  const records = data.records.map((each) => each.record);
  const act = (path, body, done) => async () => {
    try {
      const made = await post(path, { ...body, reason: said.trim() || done });
      tell({ text: done, change: made.change });
      go("conflicts", { view: "pairs" });
    } catch (wrong) {
      fail(wrong);
    }
  };
  const title = kind.fields.find((field) => field.name === (kind.order?.[0] || kind.fields[0].name));
  const label = (record) => text(title, record.fields[title.name], record) || t("nameless");
  const rows = kind.fields.filter((field) => records.some((record) => record.fields[field.name] !== undefined) && field.type !== "strokes");
  return html`<div class="head"><h1>${t("pairs.question")}</h1><a class="button" href=${link("conflicts", { view: "pairs" })}>${t("case.back")}</a></div>
    <p class="help">${data.unit_name} · ${t("case.lease")}</p>
    <div class="scroll" tabindex="0" role="region" aria-label=${t("pairs.title")}><table class="case"><thead><tr><th scope="col">${t("case.part")}</th>
      ${records.map((record, at) => html`<th key=${record.id} scope="col">${t("pairs.nth", at + 1)}</th>`)}</tr></thead>
      <tbody>${rows.map((field) => html`<tr key=${field.name}><th scope="row">${l(field.label)}</th>
        ${records.map((record) => html`<td key=${record.id}>${text(field, record.fields[field.name], record)}</td>`)}</tr>`)}</tbody></table></div>
    <div class="field"><label for="why">${t("pairs.why")}</label><input id="why" type="text" maxlength="300" onInput=${(event) => type(event.target.value)} /></div>
    <p>${t("case.flows", data.flows.map((flow) => flow.unit_name).join(", ") || t("case.nowhere"))}</p>
    <${Trouble} problem=${problem} />
    <div class="acts">${records.map((record, at) => html`<button key=${record.id} type="button" onClick=${act("merge", { id: records[1 - at].id, into: record.id }, t("pairs.merged"))}>
        ${t("pairs.keep", at + 1, label(record))}</button>`)}
      <button type="button" onClick=${act("apart", { id: one, other }, t("pairs.parted"))}>${t("pairs.apart")}</button></div>
    <p class="help">${t("pairs.help")}</p>`;
}
