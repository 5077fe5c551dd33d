// SPDX-License-Identifier: Apache-2.0
// One case: a line for each part that differs, with the values on the buttons. Keys: j, k from
// part to part, 1 … 9 a value, a … a reason, Enter writes, Escape goes back.
import { html, useEffect, useRef, useState } from "../../html.js";
import { get, post } from "../../api.js";
import { go, link, useKinds } from "../../hooks.js";
import { l, t } from "../../words.js";
import { number, text, when } from "../../parts/format.js";
import { called, shown } from "../../parts/conflict.js";
import { Changed } from "../../parts/changed.js";
import { Field } from "../../parts/field.js";
import { Signature } from "../../parts/signature.js";
import { Trouble } from "../../parts/notice.js";

const LETTERS = "abcdefghi";
const LIVE = "~live";

function name(kind, part) {
  return part.register === LIVE ? t("conflict.delete") : called(kind, part);
}

function strokes(kind, part, value) {
  const fields = kind.fields.filter((field) => field.type === "strokes");
  const found = fields.map((field) => (field.name === part.register ? value : value?.[field.name])).find((one) => one);
  return found && html`<${Signature} strokes=${found} />`;
}

function Value({ kind, part, value, before }) {
  const said = shown(kind, part, value);
  return html`<${Changed} before=${before} after=${said} />${strokes(kind, part, value)}`;
}

// What can be chosen of a part: the value before, if there was one, then each side's.
function choices(part) {
  const base = part.base !== null && part.type !== "delete" ? [{ value: part.base, base: true }] : [];
  return [...base, ...part.values];
}

function Choice({ kind, part, one, at, chosen, choose, fresh }) {
  const before = one.base || part.base === null || part.type === "delete" ? null : shown(kind, part, part.base);
  const who = one.base ? t("case.before") : [one.user, t("role." + one.role), one.device_name, when(one.time)].filter(Boolean).join(" · ");
  return html`<td><button type="button" class="value" aria-pressed=${chosen ? "true" : "false"} disabled=${one.withheld} onClick=${choose}>
      <kbd>${at + 1}</kbd> ${one.withheld ? t("withheld") : html`<${Value} kind=${kind} part=${part} value=${one.value} before=${before} />`}</button>
    <span class="who">${who}${fresh ? html` <em>${t("case.fresh")}</em>` : ""}</span></td>`;
}

function Typed({ kind, part, typed, type }) {
  const field = kind.fields.find((one) => one.name === part.register);
  if (!field || field.type === "strokes" || field.type === "ref") {
    return null;
  }
  return html`<details open=${typed !== undefined}><summary>${t("case.other")}</summary>
    <${Field} field=${field} scope=${"typed-" + part.register} value=${typed} set=${type} bare=${true} /></details>`;
}

function Part({ kind, part, answer, put, at, active, known }) {
  const all = choices(part);
  return html`<tr id=${"part-" + at} class=${active ? "active" : ""}>
    <th scope="row">${name(kind, part)}</th>
    ${all.map((one, n) => html`<${Choice} key=${n} kind=${kind} part=${part} one=${one} at=${n} chosen=${answer?.n === n}
      fresh=${known && !one.base && !known.has(one.change)} choose=${() => put({ n })} />`)}
    <td class="result"><strong>${answer ? (answer.n !== undefined ? shown(kind, part, all[answer.n].value) : answer.typed) : t("case.none-yet")}</strong>
      <${Typed} kind=${kind} part=${part} typed=${answer?.typed} type=${(value) => put({ typed: value })} /></td></tr>`;
}

function Folded({ kind, data }) {
  const rows = data.same.map((one) => ({ ...one, type: "" })).filter((one) => one.value !== null);
  return html`<details><summary>${t("case.same", number(rows.length))}</summary><dl class="fields">
    ${rows.map((one) => html`<div key=${one.register}><dt>${called(kind, one)}</dt>
      <dd>${shown(kind, one, one.value)}${one.by ? html` <em>${t("case.merged", one.by.user, when(one.by.time))}</em>` : ""}</dd></div>`)}</dl></details>`;
}

function Preview({ kind, record }) {
  return html`<section class="outcome" aria-label=${t("case.preview")}><dl class="fields">
    ${kind.fields.filter((field) => record.fields[field.name] !== undefined && field.type !== "strokes").map((field) => html`<div key=${field.name}>
      <dt>${l(field.label)}</dt><dd>${text(field, record.fields[field.name], record)}</dd></div>`)}</dl>
    ${record.deleted && html`<p>${t("state.deleted")}</p>`}</section>`;
}

function Ask({ data, kind, part, tell, leave }) {
  const [said, type] = useState("");
  const [problem, fail] = useState(null);
  const send = async () => {
    try {
      const asked = await post("ask", { kind: "question", fields: { unit: data.unit, side: "ap", asked: said, of_record: data.case, of_kind: data.kind, of_part: part.register } });
      tell({ text: t("ask.done", data.unit_name), change: asked.change });
      leave();
    } catch (wrong) {
      fail(wrong);
    }
  };
  return html`<details><summary>${t("ask.title")}</summary><div class="field"><label for="ask">${t("ask.what", data.unit_name)}</label>
      <textarea id="ask" rows="3" maxlength="500" onInput=${(event) => type(event.target.value)} aria-describedby="ask-help"></textarea>
      <p class="help" id="ask-help">${t("ask.help", name(kind, part))}</p></div>
    <button type="button" disabled=${said.trim() === ""} onClick=${send}>${t("ask.send")}</button><${Trouble} problem=${problem} /></details>`;
}

function Reasons({ kind, reason, choose, more, type }) {
  return html`<fieldset class="reasons"><legend>${t("case.why")}</legend>
    ${(kind.reasons || []).map((one, at) => html`<label key=${one.value}><input type="radio" name="reason" checked=${reason === at} onChange=${() => choose(at)} />
      <kbd>${LETTERS[at]}</kbd> ${l(one.label)}</label>`)}
    <div class="field"><label for="more">${t("case.more")}</label><input id="more" type="text" maxlength="300" defaultValue=${more} onInput=${(event) => type(event.target.value)} /></div>
  </fieldset>`;
}

function Proposal({ rule, kind, away }) {
  return html`<div class="conflict" role="status"><p>${t("case.propose", rule.alike, called(kind, rule), t("rules.policy." + rule.policy), number(rule.open))}</p>
    <a class="button" href=${link("conflicts", { view: "rules", policy: rule.policy, kind: rule.kind, register: rule.register })}>${t("case.propose-see")}</a>
    <button type="button" class="plain" onClick=${away}>${t("case.propose-no")}</button></div>`;
}

export function Case({ id, filters, tell }) {
  const kinds = useKinds();
  const [data, put] = useState(null);
  const [problem, fail] = useState(null);
  const [answers, answer] = useState({});
  const [active, move] = useState(0);
  const [reason, choose] = useState(null);
  const [more, type] = useState("");
  const [preview, show] = useState(null);
  const [rule, propose] = useState(null);
  const known = useRef(null); // the heads that were here before what moved meanwhile
  const busy = useRef(false);
  const press = useRef(null);
  const kind = kinds && data && kinds[data.kind];
  const back = () => go("conflicts", filters);
  const open = () => post("case-open", { case: id }).then((found) => {
    const order = (part) => kinds?.[found.kind]?.fields.findIndex((field) => field.name === part.register) ?? 0;
    found.open.sort((a, b) => order(a) - order(b));
    put(found);
    fail(null);
  }, fail);
  useEffect(() => {
    if (kinds) {
      open();
    }
    return () => {
      post("case-leave", { case: id }, false).catch(() => {});
    };
  }, [id, kinds]);

  const settle = () => data.open.filter((part) => answers[part.register]).map((part) => {
    const given = answers[part.register];
    const one = given.n === undefined ? null : choices(part)[given.n];
    return { conflict: part.conflict, heads: part.values.map((value) => value.change),
      ...(one && !one.base ? { take: one.change } : { value: one ? one.value : given.typed }) };
  });
  const why = () => [reason === null ? "" : l(kind.reasons[reason].label), more.trim()].filter(Boolean).join(": ");
  const ready = kind && Object.keys(answers).length > 0 && why() !== "";

  const next = async () => {
    const inbox = await get("inbox", { ...filters, limit: 1 }).catch(() => null);
    const other = inbox?.cases[0];
    go("conflicts", other && other.case !== id ? { ...filters, case: other.case } : filters);
  };
  const write = async (looking) => {
    if (!ready || busy.current) {
      return;
    }
    busy.current = true;
    try {
      const done = await post("decide", { case: id, settle: settle(), reason: why(), preview: looking });
      fail(null);
      if (looking) {
        show(done.record);
      } else {
        tell({ text: t("case.done"), change: done.change });
        answer({});
        if (done.propose) {
          propose(done.propose);
        } else if (done.left > 0) {
          await open();
        } else {
          await next();
        }
      }
    } catch (wrong) {
      fail(wrong);
      if (wrong.key === "case-moved") {
        known.current = new Set(data.open.flatMap((part) => part.values.map((value) => value.change)));
        answer({});
        post("case-open", { case: id }).then(put, fail);
      }
    } finally {
      busy.current = false;
    }
  };
  // Whoever types fast meets what was drawn last, not what was drawn when the key was hooked.
  press.current = (event) => {
    const typing = event.target.closest("textarea, select, input:not([type=radio])");
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || !kind) {
      return;
    }
    if (event.key === "Escape") {
      back();
    } else if (event.key === "Enter" && (typing ? typing.id === "more" : !event.target.closest("a, summary, button"))) {
      event.preventDefault();
      write(false);
    } else if (!typing && (event.key === "j" || event.key === "k")) {
      move(Math.max(0, Math.min(data.open.length - 1, active + (event.key === "j" ? 1 : -1))));
    } else if (!typing && event.key >= "1" && event.key <= "9") {
      const part = data.open[active];
      const n = Number(event.key) - 1;
      if (n < choices(part).length && !choices(part)[n].withheld) {
        answer({ ...answers, [part.register]: { n } });
        move(Math.min(data.open.length - 1, active + 1));
      }
    } else if (!typing && LETTERS.includes(event.key) && LETTERS.indexOf(event.key) < (kind.reasons || []).length) {
      choose(LETTERS.indexOf(event.key));
    }
  };
  useEffect(() => {
    const keys = (event) => press.current(event);
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  }, []);

  if (!kind) {
    return html`<h1>${t("case.title")}</h1><${Trouble} problem=${problem} />${problem && html`<p><a class="button" href=${link("conflicts", filters)}>${t("case.back")}</a></p>`}`;
  }
  const first = kind.fields.find((field) => field.name === (kind.order?.[0] || kind.columns?.[0] || kind.fields[0].name));
  const columns = Math.max(...data.open.map((part) => choices(part).length));
  return html`<div class="head"><h1>${l(kind.label)}: ${text(first, data.record.fields[first.name], data.record) || t("nameless")}</h1>
      <a class="button" href=${link("conflicts", filters)}>${t("case.back")}</a></div>
    <p class="help">${data.unit_name} · ${t("case.lease")}</p>
    ${rule && html`<${Proposal} rule=${rule} kind=${kind} away=${() => { propose(null); next(); }} />`}
    <div class="scroll" tabindex="0" role="region" aria-label=${t("case.differs")}><table class="case">
      <thead><tr><th scope="col">${t("case.part")}</th><th scope="col" colspan=${columns}>${t("case.values")}</th><th scope="col">${t("case.result")}</th></tr></thead>
      <tbody>${data.open.map((part, at) => html`<${Part} key=${part.register} kind=${kind} part=${part} at=${at} active=${at === active} known=${known.current}
        answer=${answers[part.register]} put=${(given) => { answer({ ...answers, [part.register]: given }); move(at); show(null); }} />`)}</tbody></table></div>
    <${Folded} kind=${kind} data=${data} />
    <${Reasons} kind=${kind} reason=${reason} choose=${choose} more=${more} type=${type} />
    <p>${t("case.flows", data.flows.map((flow) => `${flow.unit_name} (${t("case.machines", number(flow.devices))})`).join(", ") || t("case.nowhere"))}</p>
    ${preview && html`<${Preview} kind=${kind} record=${preview} />`}
    <${Trouble} problem=${problem} />
    <div class="acts"><button type="button" class="main" disabled=${!ready} onClick=${() => write(false)}>${t("case.write")}</button>
      <button type="button" disabled=${!ready} onClick=${() => write(true)}>${t("case.preview")}</button></div>
    <${Ask} data=${data} kind=${kind} part=${data.open[active]} tell=${tell} leave=${back} />
    <p class="help">${t("case.keys")}</p>`;
}
