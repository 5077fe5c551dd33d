// SPDX-License-Identifier: Apache-2.0
import { html, render } from "../html.js";
import { App } from "./app.js";

render(html`<${App} />`, document.getElementById("app"));
