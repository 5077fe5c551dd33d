// SPDX-License-Identifier: Apache-2.0
// The page's sentences, out of proto/words: `page.KEY`, and `role.NAME` as they are.
import words from "hamlet:words";

let lang = "vi";

export function speak(asked) {
  lang = asked === "en" ? "en" : "vi";
  document.documentElement.lang = lang;
}

export function spoken() {
  return lang;
}

// The sentence of page.KEY with {1}, {2}… in their places.
export function t(key, ...args) {
  const sentence = words[lang][key] ?? key;
  return sentence.replace(/\{([1-9])\}/g, (all, at) => String(args[at - 1] ?? ""));
}

// A label of a kind file: {vi, en}.
export function l(label) {
  return label ? label[lang] || label.vi : "";
}
