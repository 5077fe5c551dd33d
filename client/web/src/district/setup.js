// SPDX-License-Identifier: Apache-2.0
// A server that does not know its own unit yet: the list that came with it is offered.
import { html, useState } from "../html.js";
import { get, post } from "../api.js";
import { useData } from "../hooks.js";
import { t } from "../words.js";
import { number } from "../parts/format.js";
import { Trouble } from "../parts/notice.js";

const LIST = "/units.csv";
const CODE = 0;
const PARENT = 4;

const cells = (line) => line.match(/("([^"]|"")*"|[^,]*)(,|$)/g).map((one) => one.replace(/,$/, "").replace(/^"|"$/g, ""));

// Of the whole country: the unit itself, what is above it and what is below.
export function part(text, unit) {
  const [head, ...lines] = text.trim().split(/\r?\n/);
  const rows = lines.map((line) => ({ line, code: cells(line)[CODE], parent: cells(line)[PARENT] }));
  const known = new Map(rows.map((row) => [row.code, row]));
  const chain = (code) => {
    const codes = [];
    for (let at = known.get(code); at && !codes.includes(at.code); at = known.get(at.parent)) {
      codes.push(at.code);
    }
    return codes;
  };
  const above = new Set(chain(unit));
  const wanted = known.has(unit) ? rows.filter((row) => above.has(row.code) || chain(row.code).includes(unit)) : [];
  return { count: wanted.length, table: [head, ...wanted.map((row) => row.line)].join("\n") + "\n" };
}

export function Setup({ session, tell, done }) {
  const { data } = useData(() => get("units", { code: session.scope }), []);
  const [problem, fail] = useState(null);
  const [missing, miss] = useState(false);
  if (!data || data.length > 0 || !session.rights.includes("units")) {
    return null;
  }
  const take = async () => {
    try {
      const reply = await fetch(LIST, { redirect: "error" });
      const found = part(await reply.text(), session.scope);
      miss(found.count === 0);
      if (found.count > 0) {
        const said = await post("units-import", { file: LIST.slice(1), table: found.table });
        tell({ text: t("setup.done", number(said.added)) });
        done();
        dispatchEvent(new CustomEvent("hamlet-records")); // the frame names the unit now
      }
    } catch (wrong) {
      fail(wrong);
    }
  };
  return html`<section class="conflict" aria-label=${t("setup.title")}><h2>${t("setup.title")}</h2><p>${t("setup.why", session.scope)}</p>
    <p><button type="button" class="main" onClick=${take}>${t("setup.take")}</button></p>
    ${missing && html`<p class="warn" role="alert">${t("setup.missing", session.scope)}</p>`}<${Trouble} problem=${problem} /></section>`;
}
