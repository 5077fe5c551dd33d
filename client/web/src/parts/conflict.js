// SPDX-License-Identifier: Apache-2.0
// Two people entered different things: each button bears the value that it keeps.
import { html, useState } from "../html.js";
import { post } from "../api.js";
import { l, t } from "../words.js";
import { text, when } from "./format.js";
import { Trouble } from "./notice.js";

// A register's value as people read it; of a group all of it.
export function shown(kind, conflict, value) {
  if (conflict.type === "delete") {
    return value ? t("keep-record") : t("delete-record");
  }
  const field = kind.fields.find((one) => one.name === conflict.register);
  if (field) {
    return text(field, value) || t("cleared");
  }
  return Object.entries(value || {}).map(([name, one]) => {
    const member = kind.fields.find((each) => each.name === name);
    return member ? `${l(member.label)}: ${text(member, one)}` : "";
  }).filter(Boolean).join(", ");
}

// What a register is called: its field's label, or those of its group.
export function called(kind, conflict) {
  const field = kind.fields.find((one) => one.name === conflict.register);
  const group = (kind.groups || []).find((one) => one.name === conflict.register);
  const names = field ? [field] : (group?.fields || []).map((name) => kind.fields.find((one) => one.name === name)).filter(Boolean);
  return names.map((one) => l(one.label)).join(", ");
}

function title(kind, conflict) {
  return conflict.type === "delete" ? t("conflict.delete") : t("conflict.title", called(kind, conflict));
}

export function Conflict({ conflict, kind, tell }) {
  const [problem, fail] = useState(null);
  const may = kind.may?.includes("resolve") || kind.may?.includes("edit");
  // What is drawn is what is decided on: a value that came since must not go with the others.
  const take = async (value) => {
    const heads = conflict.values.map((one) => one.change);
    try {
      const done = await post("resolve", { conflict: conflict.id, heads, take: value.change, reason: t("conflict.reason") });
      tell({ text: t("conflict.done"), change: done.change });
    } catch (wrong) {
      fail(wrong);
    }
  };
  return html`<section class="conflict" aria-label=${title(kind, conflict)}>
    <h3>${title(kind, conflict)}</h3>
    ${conflict.base !== null && conflict.base !== undefined && conflict.type !== "delete" && html`<p>${t("conflict.before", shown(kind, conflict, conflict.base))}</p>`}
    <ul>${conflict.values.map((value) => html`<li key=${value.change}>
      <button type="button" disabled=${!may} onClick=${() => take(value)}>${shown(kind, conflict, value.value)}</button>
      <span>${value.user} · ${when(value.time)}${value.change === conflict.provisional ? " · " + t("conflict.now") : ""}</span></li>`)}</ul>
    <${Trouble} problem=${problem} /></section>`;
}
