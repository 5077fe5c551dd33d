// SPDX-License-Identifier: Apache-2.0
// What hamlets asked, above all whoever was overruled: the answer is there with the next sync.
import { html, useEffect, useState } from "../../html.js";
import { post } from "../../api.js";
import { link, useKinds } from "../../hooks.js";
import { l, t } from "../../words.js";
import { Trouble } from "../../parts/notice.js";

function Question({ row, kind, again, tell }) {
  const [said, type] = useState("");
  const [problem, fail] = useState(null);
  const send = async () => {
    try {
      const made = await post("answer", { id: row.id, fields: { answer: said } });
      tell({ text: t("ask.answered"), change: made.change });
      again();
    } catch (wrong) {
      fail(wrong);
    }
  };
  return html`<li class="card"><div><strong>${l(kind?.label)} · ${row.unit}</strong><p>${row.fields.asked}</p>
      <div class="field"><label for=${"a-" + row.id}>${t("ask.answer")}</label>
        <textarea id=${"a-" + row.id} rows="2" maxlength="500" onInput=${(event) => type(event.target.value)}></textarea>
        <p class="warn">${t("ask.warn")}</p></div><${Trouble} problem=${problem} /></div>
    <div class="acts">${row.fields.of_record && html`<a class="button" href=${link("conflicts", { case: row.fields.of_record })}>${t("inbox.open")}</a>`}
      <button type="button" class="main" disabled=${said.trim() === ""} onClick=${send}>${t("ask.send")}</button></div></li>`;
}

export function Questions({ tell }) {
  const kinds = useKinds();
  const [rows, put] = useState(null);
  const [problem, fail] = useState(null);
  const again = () => post("questions", { kind: "question", where: "side=cap_tren" }).then((found) => put(found.records.filter((row) => !row.fields.answer)), fail);
  useEffect(() => {
    again();
  }, []);
  return html`<div class="head"><h1>${t("questions.title")}</h1><a class="button" href=${link("conflicts")}>${t("case.back")}</a></div>
    <p class="help">${t("questions.help")}</p><${Trouble} problem=${problem} />
    ${rows && kinds && (rows.length === 0 ? html`<p class="empty">${t("questions.none")}</p>` : html`<ul class="cards">
      ${rows.map((row) => html`<${Question} key=${row.id} row=${row} kind=${kinds[row.fields.of_kind]} again=${again} tell=${tell} />`)}</ul>`)}`;
}
