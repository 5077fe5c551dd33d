// SPDX-License-Identifier: Apache-2.0
// All that two people entered differently and nobody has decided.
import { html } from "../html.js";
import { get } from "../api.js";
import { link, useData, useKinds } from "../hooks.js";
import { l, t } from "../words.js";
import { Conflict } from "../parts/conflict.js";
import { Trouble } from "../parts/notice.js";

export function Conflicts({ tell }) {
  const kinds = useKinds();
  const { data, problem } = useData(() => get("conflicts", { state: "open" }), []);
  return html`<h1>${t("conflicts")}</h1>
    <${Trouble} problem=${problem} />
    ${data && data.length === 0 && html`<p class="empty">${t("todo.nothing")}</p>`}
    ${kinds && data && data.filter((one) => kinds[one.kind]).map((one) => html`<article key=${one.id}>
      <p><a href=${link("record", { id: one.record })}>${l(kinds[one.kind].label)}</a></p>
      <${Conflict} conflict=${one} kind=${kinds[one.kind]} tell=${tell} /></article>`)}`;
}
