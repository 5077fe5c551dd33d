// SPDX-License-Identifier: Apache-2.0
// A record is entered, or one that is there is corrected.
import { html, useMemo } from "../html.js";
import { get, post } from "../api.js";
import { go, useData, useKinds } from "../hooks.js";
import { l, t } from "../words.js";
import { Form } from "../parts/form.js";
import { thisYear, todayIso } from "../parts/format.js";
import { Trouble } from "../parts/notice.js";

// Who a hamlet's meeting asks for by law; how many came is for people to say.
const ATTENDED = ["truong_ap", "bi_thu_chi_bo", "mat_tran", "doan_the", "luc_luong_antt", "ho_gia_dinh"];

// What a new record of some kinds begins with, so that nobody types what is known.
const beginnings = {
  async minutes(year) {
    const [made, held] = await Promise.all([
      post("evaluate", { year }).catch(() => null),
      get("records", { kind: "minutes", where: "year=" + year, limit: 200 })]);
    const households = made?.criteria.find((one) => one.type === "ratio_min")?.among;
    return {
      meeting_level: "ap",
      session: String(Math.max(0, ...held.records.map((one) => one.fields.session || 0)) + 1),
      held_on: todayIso(),
      attendees: ATTENDED.map((part) => ({ part })),
      ...(households ? { households_resident: households } : {}),
    };
  },
};

// Of those who were asked for, the ones of whom somebody says how many came.
function said(fields) {
  return fields.attendees ? { ...fields, attendees: fields.attendees.filter((one) => one.qty !== undefined) } : fields;
}

// Only what differs from what stands there is written.
function changed(values, record) {
  return Object.fromEntries(Object.entries(values).filter(([name, value]) =>
    JSON.stringify(value) !== JSON.stringify(record.fields[name] ?? "") && !(value === "" && record.fields[name] === undefined)));
}

export function Entry({ query, tell }) {
  const kinds = useKinds();
  const { data, problem } = useData(async () => ({
    record: query.id ? await get("record", { id: query.id }) : null,
    begun: query.id ? {} : await (beginnings[query.kind]?.(Number(query.year) || thisYear()) || {}),
    draft: query.draft ? (await get("drafts")).find((one) => one.draft === query.draft) || null : null,
  }), [query.id, query.draft]);
  const kind = kinds && data && kinds[data.record ? data.record.kind : query.kind];
  const start = useMemo(() => {
    if (!kind) {
      return null;
    }
    if (data.record) {
      return { ...data.record.fields, names: data.record.names };
    }
    const given = { ...data.begun, ...Object.fromEntries(kind.fields.filter((field) => field.name in query).map((field) => [field.name, query[field.name]])) };
    return kind.key?.includes("year") ? { year: String(thisYear()), ...given } : given;
  }, [kind, data]);
  if (problem || !kind) {
    return html`<h1>${t("entry")}</h1><${Trouble} problem=${problem} />`;
  }
  const save = (values, draft) => {
    if (data.record) {
      return post("edit", { id: data.record.id, fields: changed(values, data.record), draft });
    }
    return post("add", { kind: kind.kind, fields: said({ ...startText(start, kind), ...values }), draft });
  };
  const done = (made) => {
    tell({ text: t("saved-of", l(kind.label)), change: made.change });
    go("record", { id: made.id });
  };
  return html`<h1>${data.record ? t("edit-of", l(kind.label)) : t("add-of", l(kind.label))}</h1>
    <${Form} kind=${kind} record=${data.record?.id} start=${start} draft=${data.draft} save=${save} done=${done}
      cancel=${() => history.back()} />`;
}

function startText(start, kind) {
  return Object.fromEntries(kind.fields.filter((field) => start?.[field.name] !== undefined).map((field) => [field.name, start[field.name]]));
}
