// SPDX-License-Identifier: Apache-2.0
import { html, render } from "./html.js";
import { takesTogether } from "./api.js";
import { App } from "./app.js";

takesTogether(["status", "records", "counts", "record", "history", "conflicts", "overruled", "quarantine", "case", "receipt", "drafts"]);

render(html`<${App} />`, document.getElementById("app"));
