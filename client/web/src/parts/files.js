// SPDX-License-Identifier: Apache-2.0
// By foot instead of by network: a sealed file for the district, and its answer.
import { html, useState } from "../html.js";
import { get, post } from "../api.js";
import { t } from "../words.js";
import { number, todayIso } from "./format.js";
import { Trouble } from "./notice.js";

const PIECE = 0x8000;
const HERE = /\S*page-in\.hmb/; // under this name the daemon reads what was chosen

// base64url without padding, as the daemon writes and reads it.
function packed(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE) {
    text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  }
  return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function unpacked(text) {
  return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
}

function give(bytes, name) {
  const href = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
  const way = document.createElement("a");
  way.href = href;
  way.download = name;
  way.click();
  setTimeout(() => URL.revokeObjectURL(href), 60000);
}

export function Files() {
  const [said, say] = useState("");
  const [problem, fail] = useState(null);
  const work = async (act) => {
    say(t("files.working"));
    try {
      say(await act());
      fail(null);
    } catch (wrong) {
      say("");
      fail(wrong);
    }
  };
  const write = () => work(async () => {
    const [made, status] = await Promise.all([post("bundle-export"), get("status")]);
    const name = `hamlet-${status.unit.code}-${todayIso()}.hmb`;
    give(unpacked(made.file), name);
    return t("files.written", name, number(made.said.changes));
  });
  const read = (event) => {
    const [file] = event.target.files;
    event.target.value = "";
    return file && work(async () => {
      const bytes = packed(new Uint8Array(await file.arrayBuffer()));
      const { said: taken } = await post("bundle-import", { file: bytes }).catch((wrong) => {
        wrong.title = wrong.title?.replace(HERE, file.name);
        throw wrong;
      });
      return [t("files.read", file.name, number(taken.changes), number(taken.acknowledged)), taken.more ? t("files.more") : ""].join(" ");
    });
  };
  return html`<p class="help">${t("files.why")}</p>
    <p><button type="button" onClick=${write}>${t("files.write")}</button></p>
    <p><label class="button">${t("files.choose")}<input type="file" accept=".hmb" onChange=${read} /></label></p>
    <p role="status">${said}</p>
    <${Trouble} problem=${problem} />`;
}
