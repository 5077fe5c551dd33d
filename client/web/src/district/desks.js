// SPDX-License-Identifier: Apache-2.0
// The district's screens: the name in the address, the right that shows its tab, the screen.
import { Account } from "./screens/account.js";
import { Accounts } from "./screens/accounts.js";
import { Audit } from "./screens/audit.js";
import { Office } from "./screens/office.js";
import { Statistics } from "./screens/statistics.js";
import { Inbox } from "./screens/inbox.js";
import { Fleet } from "./screens/fleet.js";
import { Overview } from "./screens/overview.js";
import { People } from "./screens/people.js";
import { Quarantine } from "./screens/quarantine.js";
import { Reports } from "./screens/reports.js";
import { Units } from "./screens/units.js";

export const desks = [
  { name: "overview", right: "overview", Screen: Overview },
  { name: "office", right: "cases", Screen: Office },
  { name: "statistics", right: "cases", Screen: Statistics },
  { name: "reports", right: "reports", Screen: Reports },
  { name: "conflicts", right: "conflicts", Screen: Inbox },
  { name: "quarantine", right: "quarantine", Screen: Quarantine },
  { name: "fleet", right: "fleet", Screen: Fleet },
  { name: "people", right: "people", Screen: People },
  { name: "accounts", right: "accounts", Screen: Accounts },
  { name: "units", right: "units", Screen: Units },
  { name: "audit", right: "audit", Screen: Audit },
  { name: "account", right: "self", Screen: Account },
];
