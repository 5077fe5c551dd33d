// SPDX-License-Identifier: Apache-2.0
// Minutes of a meeting as they are signed.
import { html } from "../html.js";
import { l, t } from "../words.js";
import { number, text } from "./format.js";
import { Closing, dots, Letterhead, longDay, recordCode } from "./paper.js";

export function MinutesPaper({ record, kind, unit }) {
  const { fields } = record;
  const field = (name) => kind.fields.find((one) => one.name === name);
  const said = (name) => (fields[name] === undefined ? dots("") : text(field(name), fields[name], record));
  const label = (name) => l(field(name).label);
  const line = (name) => html`<p key=${name}>- ${label(name)}: ${said(name)}${typeof fields[name] === "number" ? "" : ""}</p>`;
  const people = field("attendees").item.members.find((one) => one.name === "part");
  const reviewed = ["households_met", "households_not_met", "households_left_out"];
  return html`<article class="paper"><${Letterhead} unit=${unit} date=${fields.signed_on || fields.held_on} />
    <h1>${t("paper.minutes")}</h1><p class="under">${t("paper.minutes-of", fields.year)}</p>
    <p>${t("paper.minutes-held", longDay(fields.held_on), dots(fields.place), unit.name, said("meeting_level").toLowerCase(), dots(fields.session))}</p>
    <h2>${t("paper.minutes-1")}</h2>
    <p>- ${label("chair_name")}: ${said("chair_name")}${fields.chair_title ? ", " + fields.chair_title : ""}</p>
    ${line("secretary_name")}
    ${(fields.attendees || []).map((one) => html`<p key=${one.part}>- ${text(people, one.part)}: ${t("paper.persons", number(one.qty ?? ""))}</p>`)}
    <p>- ${t("paper.households", said("households_resident"), said("households_invited"), said("households_present"))}</p>
    <h2>${t("paper.minutes-2")}</h2>
    ${fields.opinions ? html`<p class="lines">${fields.opinions}</p>` : html`<p class="ruled"></p><p class="ruled"></p>`}
    <h2>${t("paper.minutes-3")}</h2>
    ${line("vote_method")}
    <p>- ${t("paper.votes", said("votes_for"), said("votes_against"), said("votes_other"))}</p>
    ${reviewed.some((name) => fields[name] !== undefined) && html`<p>- ${t("paper.reviewed", ...reviewed.map(said))}</p>`}
    <h2>${t("paper.minutes-4")}</h2>
    <p>${said("conclusion")}.</p>
    <p>${t("paper.minutes-read")}</p>
    <${Closing} ...${recordCode(record)} signers=${[[label("secretary_name"), fields.secretary_name], [label("chair_name"), fields.chair_name]]} /></article>`;
}
