// SPDX-License-Identifier: Apache-2.0
// The register of households.
import { html } from "../html.js";
import { link, useKinds } from "../hooks.js";
import { t } from "../words.js";
import { Records } from "../parts/list.js";

export function Households() {
  const kinds = useKinds();
  return html`<div class="head"><h1>${t("tab.households")}</h1>
      <a class="button main" href=${link("entry", { kind: "household" })}>${t("add-household")}</a></div>
    ${kinds && html`<${Records} kind=${kinds.household} query=${{}} empty=${t("todo.no-households-why")} />`}`;
}
