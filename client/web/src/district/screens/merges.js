// SPDX-License-Identifier: Apache-2.0
// Records that were made one: each can be taken apart again, and says when and where it was done.
import { html, useState } from "../../html.js";
import { post } from "../../api.js";
import { link, useKinds, usePieces } from "../../hooks.js";
import { l, t } from "../../words.js";
import { when } from "../../parts/format.js";
import { Trouble } from "../../parts/notice.js";

function Row({ row, kind, done }) {
  const [problem, fail] = useState(null);
  const undo = () => post("unmerge", { id: row.record, reason: t("merges.undo") }).then(done, fail);
  return html`<li class="card"><div><strong>${kind ? l(kind.label) : row.kind} · ${row.unit_name}</strong>
      <p>${t("merges.by", t("role." + row.role), when(row.time))}</p><${Trouble} problem=${problem} /></div>
    <button type="button" onClick=${undo}>${t("merges.undo")}</button></li>`;
}

export function Merges({ tell }) {
  const kinds = useKinds();
  const { data, problem, again, more } = usePieces("merges", "merges", []);
  const done = () => {
    tell({ text: t("merges.undone") });
    again();
  };
  return html`<div class="head"><h1>${t("merges.title")}</h1><a class="button" href=${link("conflicts")}>${t("case.back")}</a></div>
    <p class="help">${t("merges.help")}</p><${Trouble} problem=${problem} />
    ${data && kinds && (data.merges.length === 0 ? html`<p class="empty">${t("merges.none")}</p>` : html`<ul class="cards">
      ${data.merges.map((row) => html`<${Row} key=${row.record} row=${row} kind=${kinds[row.kind]} done=${done} />`)}</ul>`)}
    ${more && html`<p><button type="button" onClick=${more}>${t("inbox.more")}</button></p>`}`;
}
