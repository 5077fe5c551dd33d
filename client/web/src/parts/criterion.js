// SPDX-License-Identifier: Apache-2.0
// One criterion: what it asks, what was counted, what may be answered, and what comes of it.
import { html, useState } from "../html.js";
import { l, t } from "../words.js";
import { clause, number, sentence } from "./format.js";

const marks = { pass: "✓", fail: "✗", na: "–", unknown: "?" };

export function Verdict({ outcome }) {
  return html`<span class=${"verdict " + outcome}><span aria-hidden="true">${marks[outcome]}</span> <span>${t("evaluated." + outcome)}</span></span>`;
}

// The label that a kind gives to a value: a scale of a catalogue names values alone.
function labelOf(kinds, scale, value) {
  for (const kind of Object.values(kinds)) {
    for (const field of kind.fields) {
      if (field.type === "enum" && scale.every((one) => field.values.some((each) => each.value === one))) {
        return l(field.values.find((each) => each.value === value).label);
      }
    }
  }
  return value;
}

// What may be said without figures: [text, what the answer then holds].
function sayings(criterion, parts) {
  const said = (text, verdict) => [text, { verdict }];
  const open = [
    ...(criterion.na_allowed ? [said(t("answer.na"), "khong_ap_dung")] : []),
    said(t("answer.unsure"), "chua_ro"),
  ];
  switch (criterion.type) {
    case "manual_bool":
      return [said(t("answer.met"), "dat"), said(t("answer.not-met"), "khong_dat"), ...open];
    case "none_occurred":
      return [said(t("answer.none"), "dat"), said(t("answer.some"), "khong_dat"), ...open];
    case "none_or_mitigated": {
      const grounds = parts.find((one) => one.name === "grounds")?.values || [];
      const excused = (criterion.mitigation || []).map((name) => {
        const ground = grounds.find((one) => one.value === name);
        return [t("answer.excused", ground ? l(ground.label).toLowerCase() : name), { mitigating: true, ...(ground ? { grounds: name } : {}) }];
      });
      return [said(t("answer.none"), "dat"), said(t("answer.some"), "khong_dat"), ...excused, ...open];
    }
    default:
      return [];
  }
}

const SAID = ["verdict", "mitigating", "grounds"];

function Sayings({ criterion, answer, parts, change, id }) {
  const now = JSON.stringify(SAID.map((name) => answer[name]));
  const all = sayings(criterion, parts);
  return all.length > 0 && html`<div class="choices" role="radiogroup" aria-labelledby=${id}>
    ${all.map(([label, said]) => html`<label key=${label}><input type="radio" name=${id + "-said"}
      checked=${JSON.stringify(SAID.map((name) => said[name])) === now}
      onChange=${() => change({ ...Object.fromEntries(SAID.map((name) => [name, undefined])), ...said })} />${label}</label>`)}
  </div>`;
}

function Grades({ criterion, answer, kinds, change, id }) {
  return html`<div class="choices" role="radiogroup" aria-labelledby=${id}>
    ${criterion.scale.map((grade) => html`<label key=${grade}><input type="radio" name=${id + "-grade"} checked=${answer.grade === grade}
      onChange=${() => change({ grade })} />${labelOf(kinds, criterion.scale, grade)}</label>`)}</div>`;
}

function Figure({ label, value, put, short }) {
  return html`<label class="figure"><span>${label}</span><input type="text" class=${short ? "short" : ""} autocomplete="off" spellcheck=${false}
    inputmode=${short ? "numeric" : undefined} defaultValue=${value ?? ""} onInput=${(event) => put(event.target.value)} /></label>`;
}

// "1.157" is how people write it; what is no number goes as it was written, and is refused beside it.
function numeral(text) {
  const bare = text.trim().replace(/(?<=\d)\.(?=\d{3}(\D|$))/g, "");
  return bare === "" ? undefined : /^\d{1,9}$/.test(bare) ? Number(bare) : text;
}

function Figures({ criterion, answer, change }) {
  const put = (name) => (text) => change({ [name]: numeral(text) });
  const named = (at, otherwise) => sentence(criterion.variables?.[at] || otherwise);
  const one = (name, label) => html`<${Figure} key=${name} label=${label} value=${answer[name]} put=${put(name)} short=${true} />`;
  switch (criterion.type) {
    case "ratio_min":
      return html`${one("num", named(0))}${one("den", named(1))}`;
    case "count_min":
      return one("count_cur", named(0));
    case "not_increased":
    case "decreased":
      return html`${one("count_cur", t("answer.now"))}${one("count_prev", t("answer.before"))}`;
    case "scored":
      return one("score", t("answer.score"));
    default:
      return null;
  }
}

function counted(criterion, kinds) {
  if (criterion.mark) {
    return labelOf(kinds, criterion.scale, criterion.mark);
  }
  if (criterion.counted === undefined) {
    return "";
  }
  if (criterion.among !== undefined) {
    return number(criterion.counted) + "/" + number(criterion.among);
  }
  return criterion.before !== undefined ? t("answer.against", number(criterion.counted), number(criterion.before)) : number(criterion.counted);
}

// `answer`: what stands in the draft; `change` gets the members that are to be others.
export function Criterion({ criterion, answer, kinds, parts, change, wrong }) {
  const id = "c-" + criterion.id.replaceAll(".", "-");
  const computed = criterion.source === "computed" || criterion.source === "overridden";
  const [open, turn] = useState(!computed || !!answer.override_reason || criterion.why === "unexplained");
  const figures = counted(criterion, kinds);
  return html`<section class=${"criterion depth-" + criterion.depth} aria-labelledby=${id}>
    <div class="asked"><h3 id=${id}><span class="no">${clause(criterion.id)}</span> ${sentence(criterion.text)}</h3>
      <p class="why"><${Verdict} outcome=${criterion.verdict} />${figures && html` <b>${figures}</b>`} <span>${criterion.reason}${criterion.source === "computed" ? " · " + t("answer.computed") : ""}</span></p>
      ${criterion.because && html`<p class="help">${t("answer.because", criterion.because)}</p>`}</div>
    ${open
      ? html`<div class="answered">
          ${criterion.scale ? html`<${Grades} criterion=${criterion} answer=${answer} kinds=${kinds} change=${change} id=${id} />`
            : html`<${Sayings} criterion=${criterion} answer=${answer} parts=${parts} change=${change} id=${id} />`}
          <${Figures} criterion=${criterion} answer=${answer} change=${change} />
          ${computed && html`<${Figure} label=${t("answer.override")} value=${answer.override_reason} put=${(text) => change({ override_reason: text || undefined })} />`}
          <${Figure} label=${t("answer.evidence")} value=${answer.evidence} put=${(text) => change({ evidence: text || undefined })} />
        </div>`
      : html`<p class="answered"><button type="button" class="plain" aria-describedby=${id} onClick=${() => turn(true)}>${t("answer.other")}</button></p>`}
    ${wrong && html`<p class="wrong-text" role="alert">${wrong}</p>`}
  </section>`;
}
