// SPDX-License-Identifier: Apache-2.0
// Everything that is here, by kind and by state.
import { html } from "../html.js";
import { get } from "../api.js";
import { link, useData, useKinds } from "../hooks.js";
import { l, t } from "../words.js";
import { number } from "../parts/format.js";
import { Records } from "../parts/list.js";

const states = ["local", "sent", "accepted", "conflict", "quarantined"];

function Chip({ href, here, text, count }) {
  return html`<li><a href=${href} aria-current=${here ? "true" : undefined}>${text}${count !== undefined && html` <b>${number(count)}</b>`}</a></li>`;
}

function Chips({ kind, state }) {
  const { data } = useData(() => get("counts", { kind }), [kind]);
  return html`<ul class="chips" aria-label=${t("state")}>
    <${Chip} href=${link("book", { kind })} here=${!state} text=${t("all")} count=${data?.records} />
    ${states.map((one) => html`<${Chip} key=${one} href=${link("book", { kind, state: one })} here=${state === one}
      text=${t("state." + one)} count=${data?.states[one]} />`)}
    <${Chip} href=${link("book", { kind, state: "deleted" })} here=${state === "deleted"} text=${t("state.deleted")} count=${data?.deleted} />
  </ul>`;
}

export function Book({ query }) {
  const kinds = useKinds();
  if (!kinds) {
    return html`<h1>${t("tab.book")}</h1>`;
  }
  const ours = Object.values(kinds).filter((kind) => !kind.registry);
  const kind = kinds[query.kind] || kinds.household || ours[0];
  const asked = query.state === "deleted" ? { deleted: 1 } : { state: query.state };
  return html`<div class="head"><h1>${query.kind ? l(kind.label) : t("tab.book")}</h1>
      ${kind.may?.includes("create") && html`<a class="button main" href=${link("entry", { kind: kind.kind })}>${t("add-of", l(kind.label))}</a>`}</div>
    <ul class="chips kinds" aria-label=${t("kind")}>${ours.map((one) => html`<${Chip} key=${one.kind}
      href=${link("book", { kind: one.kind })} here=${one.kind === kind.kind} text=${l(one.label)} />`)}</ul>
    <${Chips} kind=${kind.kind} state=${query.state} />
    <${Records} key=${kind.kind} kind=${kind} query=${asked} />`;
}
