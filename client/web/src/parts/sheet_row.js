// SPDX-License-Identifier: Apache-2.0
// One household of a signature sheet: who signed for it, or an input for who does.
import { html, useRef } from "../html.js";
import { go, link } from "../hooks.js";
import { l, t } from "../words.js";
import { State } from "./format.js";

const HEAD = "chu_ho";

function Signed({ commitment, relations }) {
  const relation = relations.find((one) => one.value === commitment.fields.signer_relation);
  return html`<td>${commitment.fields.signer_name || ""}</td><td>${l(relation?.label)}</td>
    <td><a href=${link("record", { id: commitment.id })}><${State} record=${commitment} /></a></td>`;
}

// Arrows go from row to row; Enter says that it is signed, and never while a word is being composed.
function keysOf(done) {
  return (event) => {
    if (event.isComposing || event.keyCode === 229) {
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter" && event.target.tagName !== "BUTTON") {
      event.preventDefault();
      done();
    } else if (step && event.target.tagName === "INPUT") {
      event.preventDefault();
      const inputs = [...event.target.closest("table").querySelectorAll("input")];
      inputs[inputs.indexOf(event.target) + step]?.focus();
    }
  };
}

// `keep(id, typed)`: what stands here is not saved yet. `sign` is true once it is.
function Unsigned({ household, relations, typed, keep, sign, wrong }) {
  const head = household.fields.head_name || "";
  const signer = useRef(null);
  const relation = useRef(null);
  const chosen = useRef(typed?.signer_relation !== undefined);
  const said = () => ({ signer_name: signer.current.value, signer_relation: relation.current.value });
  const type = () => {
    if (!chosen.current) { // who is not the head is somebody, and only people know who
      relation.current.value = signer.current.value.trim().normalize("NFC") === head ? HEAD : "";
    }
    keep(household.id, said());
  };
  const choose = () => {
    chosen.current = true;
    keep(household.id, said());
  };
  const done = async () => {
    if (!signer.current.readOnly) {
      signer.current.readOnly = true;
      if (!(await sign(household, said())) && signer.current) {
        signer.current.readOnly = false;
      }
    }
  };
  const keys = keysOf(done);
  return html`<td><input id=${"signer-" + household.id} ref=${signer} type="text" defaultValue=${typed?.signer_name ?? head} aria-label=${t("sheet.signer-of", head)}
      autocomplete="off" spellcheck=${false} onInput=${type} onKeyDown=${keys} onFocus=${(event) => event.target.select()} />
      ${wrong && html`<p class="wrong-text" role="alert">${wrong}</p>`}</td>
    <td><select ref=${relation} aria-label=${t("sheet.relation-of", head)} onChange=${choose} onKeyDown=${keys}>
      ${relations.map((one) => html`<option key=${one.value} value=${one.value} selected=${one.value === (typed?.signer_relation ?? HEAD)}>${l(one.label)}</option>`)}
      <option value="" selected=${typed?.signer_relation === ""}>${t("not-known")}</option></select></td>
    <td><button type="button" onClick=${done}>${t("sheet.signed")}</button>
      <button type="button" class="plain" onClick=${() => go("entry", { kind: "commitment", household: household.id })}>${t("sheet.pen")}</button></td>`;
}

export function SheetRow({ at, household, commitment, kind, ...more }) {
  const relations = kind.fields.find((field) => field.name === "signer_relation").values;
  return html`<tr class=${commitment ? "done" : ""}>
    <td>${at + 1}</td>
    <th scope="row"><a href=${link("record", { id: household.id })}>${household.fields.head_name || ""}</a></th>
    <td>${household.fields.address_text || ""}</td>
    ${commitment ? html`<${Signed} commitment=${commitment} relations=${relations} />`
      : html`<${Unsigned} household=${household} relations=${relations} ...${more} />`}
  </tr>`;
}
