// SPDX-License-Identifier: Apache-2.0
// start.mjs OPEN FOLDER DAEMON - how long it takes from the start of hamletd, by the command
// line DAEMON, to a page that says what is to be done, at the address that OPEN prints: both
// are JSON. The browser is open already.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { sit } from "./member.mjs";

const [open, folder, daemon] = process.argv.slice(2);
const TRIES = 7;
const { page, does, rise } = await sit("about:blank", folder);

async function start() {
  const began = performance.now();
  const [program, ...args] = JSON.parse(daemon);
  const hamletd = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"] });
  await once(hamletd.stdout, "data"); // it says that it is ready
  const [hamlet, ...more] = JSON.parse(open);
  await page.goto(execFileSync(hamlet, more, { encoding: "utf8" }).trim());
  await page.getByRole("link", { name: "Mở phiếu ký" }).waitFor();
  const took = performance.now() - began;
  hamletd.kill("SIGKILL");
  await once(hamletd, "exit");
  await page.goto("about:blank");
  return Math.round(took);
}

async function all() {
  const took = [];
  for (let at = 0; at < TRIES; at++) {
    took.push(await start());
  }
  return took.sort((a, b) => a - b);
}

await rise({ took_ms: await does(all) });
