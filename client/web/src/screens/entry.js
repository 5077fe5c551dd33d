// SPDX-License-Identifier: Apache-2.0
// A record is entered, or one that is there is corrected.
import { html, useMemo, useRef } from "../html.js";
import { get, post } from "../api.js";
import { go, useData, useKinds } from "../hooks.js";
import { l, t } from "../words.js";
import { changed, Form, SEEN } from "../parts/form.js";
import { thisYear, todayIso } from "../parts/format.js";
import { written } from "../parts/returned.js";
import { Trouble } from "../parts/notice.js";

// Who a hamlet's meeting asks for by law; how many came is for people to say.
const ATTENDED = ["truong_ap", "bi_thu_chi_bo", "mat_tran", "doan_the", "luc_luong_antt", "ho_gia_dinh"];

// What a new record of some kinds begins with, so that nobody types what is known.
const beginnings = {
  async commitment(year, { household }) {
    const head = household && (await get("record", { id: household }));
    return { signed: "da_ky", signed_date: todayIso(), ...(head ? { signer_name: head.fields.head_name } : {}) };
  },
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

// The fields that the address names.
function named(kind, query) {
  return Object.fromEntries(kind.fields.filter((field) => field.name in query).map((field) => [field.name, query[field.name]]));
}

export function Entry({ query, tell }) {
  const kinds = useKinds();
  const { data: newest, problem } = useData(async () => ({
    record: query.id ? await get("record", { id: query.id }) : null,
    begun: query.id ? {} : await (beginnings[query.kind]?.(Number(query.year) || thisYear(), query) || {}),
    draft: query.draft ? (await get("drafts")).find((one) => one.draft === query.draft) || null : null,
    returned: query.mend ? (await get("quarantine")).find((one) => one.change === query.mend) || null : null,
  }), [query.id, query.draft, query.mend]);
  // What others write meanwhile is not put under what is being typed: both stand once it is saved.
  const first = useRef(null);
  first.current ||= newest;
  const data = first.current;
  const kind = kinds && data && kinds[data.record ? data.record.kind : query.kind];
  const start = useMemo(() => {
    if (!kind) {
      return null;
    }
    if (data.record) {
      return { ...data.record.fields, names: data.record.names };
    }
    const given = { ...data.begun, ...named(kind, query) };
    return kind.key?.includes("year") ? { year: String(thisYear()), ...given } : given;
  }, [kind, data]);
  // What came back, or what is about to be said of a record, stands there as if it was typed.
  const stands = kind && (data.returned ? written(data.returned, kind) : data.record && named(kind, query));
  const draft = data?.record ? { ...data.draft, form: { [SEEN]: data.record.seen, ...(data.draft?.form || stands) } }
    : data?.draft || (stands && { form: stands });
  if (!kind) {
    return html`<h1>${t("entry")}</h1><${Trouble} problem=${problem} />`;
  }
  const save = async ({ [SEEN]: seen, ...values }, draft) => {
    const made = await (data.record
      ? post("edit", { id: data.record.id, fields: changed(values, data.record.fields), seen, draft })
      : post("add", { kind: kind.kind, fields: said(values), draft }));
    if (data.returned) { // it is written anew: the one that came back is settled
      await post("undo", { change: query.mend }).catch(() => {});
    }
    return made;
  };
  const done = (made) => {
    tell({ text: t("saved-of", l(kind.label)), ...made });
    go("record", { id: made.id });
  };
  return html`<h1>${data.record ? t("edit-of", l(kind.label)) : t("add-of", l(kind.label))}</h1>
    <${Form} kind=${kind} record=${data.record?.id} start=${start}
      draft=${draft} save=${save} done=${done}
      cancel=${() => history.back()} />`;
}
