// SPDX-License-Identifier: Apache-2.0
// How the fields of a kind stand on a form: in parts that people know from the paper. A kind
// that is not named here, and a field that no part names, follows in the order of its file.
import { t } from "../words.js";

const layouts = {
  commitment: () => [
    [t("commitment.who"), ["household", "year", "signer_name", "signer_relation", "signed_date", "signed"]],
    [t("commitment.pen"), ["signature"]],
    [t("commitment.paper"), ["sheet_no", "row_no"]],
    [t("commitment.more"), ["signer_birth_year", "act", "witness", "terms_version", "members_count", "consent_notice", "note"]],
  ],
  household: () => [
    [t("household.who"), ["head_name", "address_text", "cluster", "household_code", "birth_year", "status"]],
    [t("household.since"), ["head_since", "valid_from", "valid_to", "members_count"]],
    [t("household.moves"), ["split_from", "merged_into", "moved_to", "moved_from"]],
    [t("household.apart"), ["not_same_as"]],
  ],
  minutes: () => [
    [t("minutes.meeting"), ["year", "meeting_level", "session", "held_on", "ended_on", "place", "chair_name", "chair_title", "secretary_name"]],
    [t("minutes.people"), ["attendees", "households_resident", "households_invited", "households_present"]],
    [t("minutes.vote"), ["vote_method", "votes_for", "votes_against", "votes_other"]],
    [t("minutes.review"), ["households_met", "households_not_met", "households_left_out"]],
    [t("minutes.end"), ["conclusion", "opinions"]],
    [t("minutes.signing"), ["signed_on", "copy_no", "confirmed_on"]],
  ],
};

// [[title, fields]…]; the title of what no part names is null.
export function parts(kind, fields) {
  const named = (layouts[kind.kind]?.() || []).map(([title, names]) =>
    [title, names.map((name) => fields.find((one) => one.name === name)).filter(Boolean)]);
  const placed = new Set(named.flatMap(([, some]) => some));
  return [...named, [null, fields.filter((one) => !placed.has(one))]].filter(([, some]) => some.length > 0);
}
