// SPDX-License-Identifier: Apache-2.0
// By foot instead of by network: a sealed file for the district, and its answer.
import { html, useState } from "../html.js";
import { get, post } from "../api.js";
import { t } from "../words.js";
import { packed, unpacked } from "./base64.js";
import { number, todayIso } from "./format.js";
import { give } from "./give.js";
import { Trouble } from "./notice.js";

const HERE = /\S*page-in\.hmb/; // under this name the daemon reads what was chosen

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
    <div class="acts"><button type="button" onClick=${write}>${t("files.write")}</button>
      <label class="button">${t("files.choose")}<input type="file" accept=".hmb" onChange=${read} /></label></div>
    <p role="status">${said}</p>
    <${Trouble} problem=${problem} />`;
}
