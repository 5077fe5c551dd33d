// SPDX-License-Identifier: Apache-2.0
// What the district did not take: what it was, who wrote it, why it came back, what to do.
import { html, useState } from "../html.js";
import { post } from "../api.js";
import { link } from "../hooks.js";
import { l, t } from "../words.js";
import { sentence, text, when } from "./format.js";
import { Trouble } from "./notice.js";
import { isRead, markRead } from "./read.js";

// Those that still ask for something: what was dropped or written anew does not.
export function open(rows) {
  return rows.filter((row) => !row.withdrawn && !isRead(row.change));
}

// Of a unit that this laptop has left nothing is kept here.
const isGone = (row) => Object.keys(row.values).length === 0;

// What was written, as fields of a form: a group of them is one value.
export function written(row, kind) {
  const groups = new Set((kind.groups || []).map((one) => one.name));
  return Object.assign({}, ...Object.entries(row.values).filter(([name]) => !name.startsWith("~"))
    .map(([name, value]) => (groups.has(name) ? value : { [name]: value })));
}

// By its name, or by what was changed.
function title(row, kind) {
  const values = kind ? written(row, kind) : {};
  const order = [kind?.columns?.[0], ...Object.keys(values)];
  const field = order.map((name) => kind?.fields.find((one) => one.name === name)).find((one) => one && values[one.name] !== undefined);
  const said = field && text(field, values[field.name], {});
  const what = !said ? "" : field.name === order[0] ? " · " + said : ` · ${l(field.label)}: ${said}`;
  return t("todo.returned", l(kind?.label) || row.kind) + what;
}

// Where it is written anew: what was new as another, what was changed in the record itself.
function mended(row) {
  return link("entry", { mend: row.change, ...(row.act === "create" ? { kind: row.kind } : { id: row.record }) });
}

export function Returned({ row, kind, tell }) {
  const [, again] = useState(0);
  const [problem, fail] = useState(null);
  const gone = isGone(row);
  const drop = async () => {
    try {
      await post("undo", { change: row.change });
      tell({ text: t("returned.dropped") });
    } catch (wrong) {
      fail(wrong);
    }
  };
  const read = () => {
    markRead(row.change);
    again((n) => n + 1);
  };
  return !isRead(row.change) && html`<li class="card wrong"><div><strong>${title(row, kind)}</strong>
      <p>${t("returned.why", row.user, when(row.time), row.why)}</p>
      <p class="help">${gone ? t("returned.gone", row.unit) : t("returned.do")}</p><${Trouble} problem=${problem} /></div>
    <div class="acts">${gone
      ? html`<button type="button" onClick=${read}>${t("overruled.read")}</button>`
      : html`${["create", "edit"].includes(row.act) && html`<a class="button" href=${mended(row)}>${t("todo.mend")}</a>`}
        <button type="button" onClick=${drop}>${t("returned.drop")}</button>`}</div></li>`;
}
