// SPDX-License-Identifier: Apache-2.0
// Some fields of a kind as a small form: what is wrong stands beside its field.
import { html, useRef, useState } from "../html.js";
import { Field } from "../parts/field.js";
import { Trouble } from "../parts/notice.js";

// `send(values)` writes; it is to throw a Problem. `scope` tells forms of one screen apart.
export function RecordForm({ kind, names, start = {}, scope, label, send, help }) {
  const values = useRef({ ...start });
  const [problem, fail] = useState(null);
  const [busy, work] = useState(false);
  const fields = names.map((name) => kind.fields.find((one) => one.name === name)).filter((one) => one && one.may !== false);
  const submit = async (event) => {
    event.preventDefault();
    if (busy) {
      return;
    }
    work(true);
    try {
      await send(Object.fromEntries(Object.entries(values.current).filter(([, value]) => value !== "" && value !== undefined)));
      fail(null);
    } catch (wrong) {
      fail(wrong);
    }
    work(false);
  };
  return html`<form noValidate onSubmit=${submit}>${help && html`<p class="help">${help}</p>`}
    ${fields.map((field) => html`<${Field} key=${field.name} field=${field} scope=${scope} value=${values.current[field.name]}
      set=${(value) => { values.current[field.name] = value; }} wrong=${problem?.of?.(field.name)} />`)}
    <${Trouble} problem=${problem && fields.some((field) => problem.of?.(field.name)) ? null : problem} />
    <p><button type="submit" class="main" disabled=${busy}>${label}</button></p></form>`;
}
