// SPDX-License-Identifier: Apache-2.0
// A drawn signature as lines of SVG: a list of strokes, each a list of points [x, y].
import { html } from "../html.js";
import { t } from "../words.js";

export function Signature({ strokes }) {
  if (!Array.isArray(strokes)) {
    return html`<span>${t("signed-by-pen")}</span>`;
  }
  const lines = strokes.map((stroke) => stroke.filter(Array.isArray));
  const all = lines.flat();
  const xs = all.map((point) => point[0]);
  const ys = all.map((point) => point[1]);
  const left = Math.min(...xs) - 4;
  const top = Math.min(...ys) - 4;
  const box = [left, top, Math.max(...xs) - left + 4, Math.max(...ys) - top + 4].join(" ");
  return html`<svg class="signature" viewBox=${box} role="img" aria-label=${t("signed-by-pen")}>
    ${lines.map((line, at) => html`<polyline key=${at} points=${line.map((point) => point.join(",")).join(" ")} />`)}</svg>`;
}
