// SPDX-License-Identifier: Apache-2.0
// A text with the words marked that are other than before: what is new is underlined.
import { diffWordsWithSpace } from "diff";
import { html } from "../html.js";

export function Changed({ before, after }) {
  if (!before || before === after) {
    return html`<span>${after}</span>`;
  }
  const parts = diffWordsWithSpace(before, after).filter((part) => !part.removed);
  return html`<span>${parts.map((part, at) => (part.added ? html`<ins key=${at}>${part.value}</ins>` : part.value))}</span>`;
}
