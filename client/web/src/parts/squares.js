// SPDX-License-Identifier: Apache-2.0
// The modules of a QR code as squares of one path, with the margin that a reader needs.
import { html } from "../html.js";

export function Squares({ rows, label }) {
  const path = rows.flatMap((row, y) => [...row].map((dark, x) => (dark === "1" ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  const size = rows.length;
  return html`<svg class="squares" viewBox=${`-4 -4 ${size + 8} ${size + 8}`} role="img" aria-label=${label}
    shape-rendering="crispEdges"><path d=${path} /></svg>`;
}
