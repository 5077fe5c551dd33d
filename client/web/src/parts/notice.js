// SPDX-License-Identifier: Apache-2.0
// What was just done, with the way back; and what went wrong, in three parts.
import { html, useEffect, useState } from "../html.js";
import { post } from "../api.js";
import { t } from "../words.js";
import { sentence } from "./format.js";

const SHOWN_MS = 20000;

// Where the daemon could not say it, the page knows the sentences itself.
function told(problem) {
  if (problem.title) {
    return problem;
  }
  return problem.key === "web-session"
    ? { title: t("over.title"), detail: t("over.detail") }
    : { title: t("gone.title"), detail: t("gone.detail") };
}

// What happened, what is safe, what to do.
export function Trouble({ problem }) {
  if (!problem) {
    return null;
  }
  const { title, detail } = told(problem);
  return html`<div class="trouble" role="alert">
    <strong>${sentence(title)}</strong>${detail && html`<span>${sentence(detail)}</span>`}
  </div>`;
}

// What should be looked at, though it is saved: digits of a document, a name in capitals. An offer is
// taken only by whoever wants it.
const doubtful = (told) => told?.warnings?.filter((one) => one.offer || one.rule === "private") ?? [];

function Warnings({ id, seen, warnings, tell, fail }) {
  const take = ({ field, offer }) => post("edit", { id, fields: { [field]: offer }, seen })
    .then((made) => tell({ text: t("rewritten", offer), ...made }), fail);
  return warnings.map((one) => html`<p class="warn" key=${one.field + one.rule}>${sentence(one.text)}
    ${one.offer && html` <button type="button" onClick=${() => take(one)}>${t("rewrite", one.offer)}</button>`}</p>`);
}

// {text, change, undone, id, warnings}: with a change it can be undone (then `undone`, for who does not
// ask again by himself) for as long as this is shown, which nobody's hand or eye cuts short: it stays
// while it is pointed at, has the focus, or asks for a look.
export function Notice({ told, gone, tell }) {
  const [problem, fail] = useState(null);
  const [held, hold] = useState(false);
  useEffect(() => {
    fail(null);
    hold(false);
  }, [told]);
  useEffect(() => {
    if (!told || held || doubtful(told).length > 0) {
      return undefined;
    }
    const timer = setTimeout(gone, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [told, held]);
  const undo = async () => {
    try {
      await post("undo", { change: told.change });
      tell({ text: t("undone") });
      told.undone?.();
    } catch (wrong) {
      fail(wrong);
    }
  };
  return html`<div class="notice" role="status" aria-live="polite" onMouseEnter=${() => hold(true)} onMouseLeave=${() => hold(false)}
    onFocusIn=${() => hold(true)} onFocusOut=${() => hold(false)}>
    ${told && html`<p><span>${told.text}</span>
      ${told.change && html`<button type="button" onClick=${undo}>${t("undo")}</button>`}
      <button type="button" class="plain" aria-label=${t("close")} onClick=${gone}>×</button></p>`}
    <${Warnings} id=${told?.id} seen=${told?.seen} warnings=${doubtful(told)} tell=${tell} fail=${fail} />
    <${Trouble} problem=${problem} />
  </div>`;
}
