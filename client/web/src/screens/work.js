// SPDX-License-Identifier: Apache-2.0
// What the hamlet does and with whom: activities, models, groups and their strength.
import { html } from "../html.js";
import { link, useKinds } from "../hooks.js";
import { l, t } from "../words.js";
import { Records } from "../parts/list.js";

const KINDS = ["activity", "media", "model", "body", "strength", "force_grade"];

export function Work({ query }) {
  const kinds = useKinds();
  if (!kinds) {
    return html`<h1>${t("tab.activity")}</h1>`;
  }
  const ours = KINDS.map((name) => kinds[name]).filter(Boolean);
  const kind = ours.find((one) => one.kind === query.kind) || ours[0];
  return html`<div class="head"><h1>${l(kind.label)}</h1>
      ${kind.may?.includes("create") && html`<a class="button main" href=${link("entry", { kind: kind.kind })}>${t("add-of", l(kind.label))}</a>`}</div>
    <ul class="chips" aria-label=${t("kind")}>${ours.map((one) => html`<li key=${one.kind}><a href=${link("activity", { kind: one.kind })}
      aria-current=${one === kind ? "true" : undefined}>${l(one.label)}</a></li>`)}</ul>
    <${Records} key=${kind.kind} kind=${kind} query=${{}} />`;
}
