// SPDX-License-Identifier: Apache-2.0
// One act, folded away until it is wanted: its fields, what went wrong, and empty again afterwards.
import { html, useEffect, useRef, useState } from "../html.js";
import { Trouble } from "../parts/notice.js";

export function Act({ title, ready, send, done, children }) {
  const [problem, fail] = useState(null);
  const [turn, next] = useState(0);
  const top = useRef(null);
  useEffect(() => {
    if (turn > 0) { // who works with keys goes on where he was
      top.current?.focus();
    }
  }, [turn]);
  const submit = (event) => {
    event.preventDefault();
    send().then((said) => {
      fail(null);
      next(turn + 1);
      done(said);
    }, fail);
  };
  return html`<details key=${turn} class="act"><summary ref=${top}>${title}</summary><form onSubmit=${submit}>${children}
    <p><button type="submit" disabled=${!ready}>${title}</button></p><${Trouble} problem=${problem} /></form></details>`;
}
