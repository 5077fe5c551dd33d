// SPDX-License-Identifier: Apache-2.0
// The meetings of a year: who came, how they voted, what they concluded.
import { html } from "../html.js";
import { go, link, useKinds } from "../hooks.js";
import { t } from "../words.js";
import { thisYear } from "../parts/format.js";
import { Records } from "../parts/list.js";

export function Minutes({ query }) {
  const year = Number(query.year) || thisYear();
  const kinds = useKinds();
  const pickYear = (event) => /^\d{4}$/.test(event.target.value) && go("minutes", { year: event.target.value });
  return html`<div class="head"><h1>${t("minutes.title", year)}</h1>
      <label class="inline"><span>${t("year")}</span><input type="text" class="short" inputmode="numeric" defaultValue=${year} onChange=${pickYear} /></label>
      <a class="button main" href=${link("entry", { kind: "minutes", year })}>${t("minutes.add")}</a></div>
    ${kinds && html`<${Records} kind=${kinds.minutes} query=${{ where: "year=" + year }} empty=${t("minutes.none")} />`}`;
}
