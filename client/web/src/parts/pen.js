// SPDX-License-Identifier: Apache-2.0
// A signature drawn with pen, finger or mouse, kept as strokes of whole coordinates.
import SignaturePad from "signature_pad";
import { html, useEffect, useRef, useState } from "../html.js";
import { t } from "../words.js";

const WIDTH = 600;
const HEIGHT = 200;

function strokesOf(pad) {
  return pad.toData().map((stroke) => stroke.points.map((point) => [Math.round(point.x), Math.round(point.y)]));
}

// What was drawn before, of a draft or a record, is drawn again.
function show(pad, strokes) {
  pad.fromData(strokes.map((stroke) => ({ points: stroke.map(([x, y]) => ({ x, y, pressure: 0.5, time: 0 })) })));
}

export function Pen({ id, value, set, describedby }) {
  const canvas = useRef(null);
  const pad = useRef(null);
  const [drawn, mark] = useState(false);
  useEffect(() => {
    pad.current = new SignaturePad(canvas.current, { minDistance: 3, penColor: "#10243e" });
    if (Array.isArray(value)) {
      show(pad.current, value);
    }
    pad.current.addEventListener("endStroke", () => {
      mark(true);
      set(strokesOf(pad.current));
    });
    return () => pad.current.off();
  }, []);
  const clear = () => {
    pad.current.clear();
    mark(false);
    set("");
  };
  return html`<div class="pen">
    ${value && !drawn && typeof value === "string" && html`<p>${t("signed-by-pen")}. ${t("pen-again")}</p>`}
    <canvas id=${id} ref=${canvas} width=${WIDTH} height=${HEIGHT} role="img" aria-label=${t("pen")} aria-describedby=${describedby}></canvas>
    <div><button type="button" onClick=${clear}>${t("pen-clear")}</button></div>
  </div>`;
}
