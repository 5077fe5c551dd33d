// SPDX-License-Identifier: Apache-2.0
// What was just done, with the way back; and what went wrong, in three parts.
import { html, useEffect, useState } from "../html.js";
import { post } from "../api.js";
import { t } from "../words.js";
import { sentence } from "./format.js";

const SHOWN_MS = 10000;

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

// {text, change}: with a change it can be undone for ten seconds.
export function Notice({ told, gone, tell }) {
  const [problem, fail] = useState(null);
  useEffect(() => {
    fail(null);
    if (!told) {
      return undefined;
    }
    const timer = setTimeout(gone, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [told]);
  const undo = async () => {
    try {
      await post("undo", { change: told.change });
      tell({ text: t("undone") });
    } catch (wrong) {
      fail(wrong);
    }
  };
  return html`<div class="notice" role="status" aria-live="polite">
    ${told && html`<p><span>${told.text}</span>
      ${told.change && html`<button type="button" onClick=${undo}>${t("undo")}</button>`}
      <button type="button" class="plain" aria-label=${t("close")} onClick=${gone}>×</button></p>`}
    <${Trouble} problem=${problem} />
  </div>`;
}
