// SPDX-License-Identifier: Apache-2.0
// The dossier of one unit's year: what it sent, and what an officer does with it. What is
// decided names what was read: if something came meanwhile it is shown first.
import { html, useEffect, useRef, useState } from "../../html.js";
import { get, post } from "../../api.js";
import { link, useKinds } from "../../hooks.js";
import { l, t } from "../../words.js";
import { number, sentence, text, today } from "../../parts/format.js";
import { Trouble } from "../../parts/notice.js";
import { RecordForm } from "../record_form.js";
import { Appraisal } from "./appraisal.js";
import { Due } from "./office.js";

const NOTHING = { label: "", missing: [], deadlines: [], flags: [], state: "" };
const STANDARD = "tieu_chuan";
const RETURNED = "da_tra_dang_ky";
const ROUNDS = 99;

function Fields({ kind, record, fresh }) {
  const some = kind.fields.filter((field) => record.fields[field.name] !== undefined && field.type !== "list");
  return html`<dl class="fields" aria-label=${l(kind.label)}>${fresh && html`<div><dt><em>${t("office.fresh")}</em></dt><dd></dd></div>`}
    ${some.map((field) => html`<div key=${field.name}><dt>${l(field.label)}</dt><dd>${text(field, record.fields[field.name], record)}</dd></div>`)}</dl>`;
}

// One act, folded until it is wanted.
function Act({ title, children }) {
  return html`<details class="act"><summary>${title}</summary>${children}</details>`;
}

const of = (data, kind, fits = () => true) => data.records.filter((one) => one.kind === kind && fits(one.fields));
const steps = (data, step) => of(data, "step", (fields) => fields.step === step);
const round = (data, ...names) => Math.min(ROUNDS, 1 + Math.max(0, ...of(data, "step", (fields) => names.includes(fields.step)).map((one) => one.fields.round)));

function Steps({ data, kind }) {
  const rows = of(data, "step").sort((a, b) => (a.fields.done_on || "").localeCompare(b.fields.done_on || ""));
  return rows.length > 0 && html`<ul class="past">${rows.map((one) => html`<li key=${one.id}>
    ${["step", "done_on", "document_no", "return_reason"].map((name) => kind.fields.find((field) => field.name === name))
      .filter((field) => one.fields[field.name]).map((field) => text(field, one.fields[field.name])).join(" · ")}
    ${one.fields.note && html`<q>${one.fields.note}</q>`}</li>`)}</ul>`;
}

// Received by the field of its own where that may be written, else as a step of the dossier.
function Registration({ data, kinds, write, judges }) {
  const [record] = of(data, "registration", (fields) => fields.reg_type === STANDARD);
  if (!record) {
    return html`<p class="empty">${t("office.undecided")}</p>`;
  }
  const received = record.fields.received_at || steps(data, "tiep_nhan").length > 0;
  const given = data.how.flags.some((one) => one.flag === RETURNED); // and not sent again yet
  const own = kinds.registration.fields.find((one) => one.name === "received_at")?.may !== false;
  const receive = (form) => own ? write("amend", { id: record.id, fields: form }, t("office.received"))
    : write("file", { kind: "step", fields: { step: "tiep_nhan", round: 1, ...form } }, t("office.received"));
  const giveBack = (form) => write("file", { kind: "step", fields: { step: "tra_dang_ky", round: round(data, "tra_dang_ky"), done_on: today(), ...form } }, t("office.returned"));
  return html`<${Fields} kind=${kinds.registration} record=${record} fresh=${data.fresh.has(record.id)} />
    ${judges && !received && html`<${Act} title=${t("office.receive")}><${RecordForm} kind=${own ? kinds.registration : kinds.step} scope="receive"
        names=${own ? ["receive_no", "received_at", "received_by"] : ["document_no", "done_on", "done_by"]}
        start=${own ? { received_at: today() } : { done_on: today() }} label=${t("office.receive")} send=${receive} /><//>
      ${!given && html`<${Act} title=${t("office.return")}><${RecordForm} kind=${kinds.step} scope="return" names=${["note", "return_reason"]} help=${t("office.return-how")}
        label=${t("office.return")} send=${giveBack} /><//>`}`}`;
}

function Submitted({ data, kinds, write, judges, how }) {
  const [minutes] = of(data, "minutes");
  const handed = how.state === "da_nop";
  const giveBack = (form) => {
    const last = Math.max(1, ...steps(data, "nop_ho_so").map((one) => one.fields.round));
    return write("file", { kind: "step", fields: { step: "tra_ho_so", round: last, done_on: today(), ...form } }, t("office.certified"));
  };
  return html`${minutes ? html`<${Fields} kind=${kinds.minutes} record=${minutes} fresh=${data.fresh.has(minutes.id)} />` : html`<p class="empty">${t("office.undecided")}</p>`}
    ${judges && handed && html`<${Act} title=${t("office.dossier-return")}><${RecordForm} kind=${kinds.step} scope="dossier" names=${["return_reason", "note"]}
      start=${{}} label=${t("office.dossier-return")} send=${giveBack} /><//>`}`;
}

// Figures that a decision freezes, as they are counted now; the share of units below decides.
function Counted({ data, kind }) {
  const fields = kind.fields.filter((field) => data.counted[field.name] > 0);
  const share = data.counted.below_total > 0 ? Math.floor((1000 * (data.counted.below_recognised || 0)) / data.counted.below_total) : null;
  return html`<dl class="fields" aria-label=${t("office.counted")}>${fields.map((field) => html`<div key=${field.name}><dt>${l(field.label)}</dt><dd>${number(data.counted[field.name])}</dd></div>`)}
    ${share !== null && html`<div><dt>${t("office.share")}</dt><dd><strong>${t("office.share-is", number(data.counted.below_recognised || 0), number(data.counted.below_total), String(share / 10).replace(".", ","))}</strong></dd></div>`}</dl>`;
}

const DECIDED = ["result", "decision_no", "symbol", "issued_date", "issuer_name", "certificate_no", "certificate_date"];

function Decision({ data, kinds, write, judges, session }) {
  const kind = kinds.recognition;
  const [record] = of(data, "recognition");
  const decide = (form) => write("file", { kind: "recognition", fields: { unit_name: data.unit_name.replace(/ \([^)]*\)$/, ""), ...data.counted, ...form } }, t("office.decided"));
  const certify = (form) => write("amend", { id: record.id, fields: form }, t("office.certified"));
  const publish = (form) => write("file", { kind: "step", fields: { step: "cong_bo", round: 1, ...form } }, t("office.certified"));
  const chair = !judges && session.role.endsWith("_chair");
  return html`<${Counted} data=${data} kind=${kind} />
    ${record ? html`<${Fields} kind=${kind} record=${record} fresh=${data.fresh.has(record.id)} />` : html`<p class="empty">${t("office.undecided")}</p>`}
    ${judges && !record && html`<${Act} title=${t("office.decide")}><${RecordForm} kind=${kind} scope="decide" names=${DECIDED} help=${t("office.decide-how")}
      label=${t("office.decide")} send=${decide} /><//>`}
    ${judges && record && !record.fields.certificate_no && html`<${Act} title=${t("office.certify")}><${RecordForm} kind=${kind} scope="certify" names=${["certificate_no", "certificate_date"]}
      label=${t("office.certify")} send=${certify} /><//>`}
    ${judges && record && steps(data, "cong_bo").length === 0 && html`<${Act} title=${t("office.publish")}><${RecordForm} kind=${kinds.step} scope="publish" names=${["done_on", "document_no"]}
      start=${{ done_on: today() }} label=${t("office.publish")} send=${publish} /><//>`}
    ${chair && record && html`<${Act} title=${t("office.confirm")}><${RecordForm} kind=${kind} scope="confirm" names=${["confirmed_on"]} start=${{ confirmed_on: today() }}
      help=${t("office.confirm-how")} label=${t("office.confirm")} send=${certify} /><//>`}`;
}

// Which records are others than when they were read before.
function fresh(before, found) {
  const known = new Map((before?.records || []).map((one) => [one.id, JSON.stringify(one.fields)]));
  return new Set(before ? found.records.filter((one) => known.get(one.id) !== JSON.stringify(one.fields)).map((one) => one.id) : []);
}

export function Dossier({ unit, year, query, session, tell }) {
  const kinds = useKinds();
  const [data, put] = useState(null);
  const [problem, fail] = useState(null);
  const [moved, move] = useState(null);
  const last = useRef(null);
  const here = useRef(true);
  // Each opening is told to the log: it is asked for when it was changed, never by the clock.
  const open = async (changed) => {
    try {
      const [found, rows] = await Promise.all([post("dossier-open", { unit, year }), get("cases", { unit, year })]);
      const before = last.current;
      put((old) => ({ ...found, turn: (old?.turn || 0) + (changed ? 0 : 1), how: rows.find((one) => one.case.unit === unit)?.case || NOTHING, fresh: changed ? fresh(before, found) : new Set() }));
      last.current = found;
      fail(null);
    } catch (wrong) {
      fail(wrong);
    }
  };
  useEffect(() => {
    open(false);
    return () => {
      here.current = false;
    };
  }, []);
  const write = async (path, { fields, ...more }, said) => {
    const whole = path === "file" ? { unit, year, ...fields } : fields;
    try {
      const done = await post(path, { ...more, fields: whole, seen: last.current.seen });
      move(null);
      await open(false); // first: it folds what is open
      tell({ text: said, change: done.change, undone: () => here.current && open(true) });
    } catch (wrong) {
      if (wrong.key === "dossier-moved") {
        move(wrong);
        await open(true);
        return;
      }
      throw wrong;
    }
  };
  if (!data || !kinds) {
    return html`<h1>${t("desk.tab.office")}</h1><${Trouble} problem=${problem} />`;
  }
  const judges = session.rights.includes("judge");
  const how = data.how;
  const given = { data, kinds, write, judges, how, session };
  return html`<div class="head"><h1>${t("office.of", data.unit_name, year)}</h1><a class="button" href=${link("office", query)}>${t("case.back")}</a></div>
    <div class="way" role="status"><p><strong>${sentence(how.label)}</strong></p>
      ${how.missing.length > 0 && html`<p>${t("year.missing", how.missing.map((one) => one.text).join("; "))}</p>`}
      <p><${Due} how=${how} /></p>${how.flags.map((one) => html`<p key=${one.flag} class="warn">${one.label}</p>`)}</div>
    <${Trouble} problem=${moved || problem} />
    <div key=${data.turn}>
      <section><h2>${l(kinds.registration.label)}</h2><${Registration} ...${given} /></section>
      <section><h2>${t("office.submitted")}</h2><${Submitted} ...${given} /></section>
      <section><h2>${t("office.appraisal")}</h2><${Appraisal} ...${given} unit=${unit} year=${year} /></section>
      <section><h2>${l(kinds.recognition.label)}</h2><${Decision} ...${given} /></section>
      <section><h2>${t("office.steps")}</h2><${Steps} data=${data} kind=${kinds.step} /></section></div>`;
}
