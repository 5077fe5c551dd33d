// SPDX-License-Identifier: Apache-2.0
// strangers.mjs ADDRESS FOLDER [district NAME CODE] - what another web page of the same browser
// may try while a member works in it: under a name of its own, and under a name that was made
// to lead to hamletd, or to the district's server, once the page was there (DNS rebinding).
// Prints how many tries there were and which of them read or reached anything.
import { chromium } from "playwright-core";

const [address, , step, name, code] = process.argv.slice(2);
const own = new URL(address);
const port = own.port;
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--host-resolver-rules=MAP *.test 127.0.0.1", // newer browsers ask before a page may try; older ones do not:
    "--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets,PrivateNetworkAccessSendPreflights,BlockInsecurePrivateNetworkRequests"],
});
// A stranger whom the browser lets speak TLS under any name, which is more than he can hope for.
const context = await browser.newContext({ ignoreHTTPSErrors: true });
const member = await context.newPage();
await member.goto(address);

async function enter() {
  await member.getByRole("button", { name: /tôi có mã$/ }).click();
  await member.getByLabel("Tên tài khoản").fill(name);
  await member.getByLabel("Mã vào lần đầu").fill(code);
  await member.getByLabel("Mật khẩu mới", { exact: true }).fill("ba con vịt xanh");
  await member.getByLabel("Gõ lại mật khẩu mới").fill("ba con vịt xanh");
  await member.keyboard.press("Enter");
}

const laptop = {
  heading: "Cần làm",
  asset: "/app.js",
  paths: ["/", "/app.js", "/api/session", "/api/status", "/api/records?kind=household", "/api/drafts", "/api/qr?text=1"],
  posts: ["/api/add", "/api/session", "/api/bundle-export", "/api/sync"],
  body: JSON.stringify({ kind: "household", fields: { head_name: "Kẻ Lạ", address_text: "1" } }),
};
const district = {
  heading: "Nhật ký",
  asset: "/district.js",
  paths: ["/", "/district.js", "/api/session", "/api/overview", "/api/audit", "/api/audit-export", "/metrics"],
  posts: ["/api/sign-in", "/api/sign-out", "/api/audit-verify", "/api/release"],
  body: JSON.stringify({ account: name, passphrase: "ba con vịt xanh", change: "0".repeat(32), reason: "x" }),
};
const ours = step === "district" ? district : laptop;
if (step === "district") {
  await enter();
}
await member.getByRole("heading", { level: 1, name: ours.heading }).waitFor();
const token = await member.evaluate(() => sessionStorage.getItem("hamlet-token"));

// Runs in the stranger's page: every way of asking that a page has, and what came of it.
async function attack({ targets, guess, ours }) {
  const tries = [];
  const note = (what, reached, text) => tries.push({ what, reached, text: String(text || "").slice(0, 200) });
  const { paths, posts, asset, body } = ours;
  for (const base of targets) {
    for (const path of paths) {
      for (const mode of ["cors", "no-cors", "same-origin"]) {
        try {
          const reply = await fetch(base + path, { mode, credentials: "include" });
          note(`${mode} ${base}${path}`, reply.ok, await reply.text());
        } catch (wrong) {
          note(`${mode} ${base}${path}`, false, wrong);
        }
      }
    }
    for (const headers of [{ "Content-Type": "application/json" }, { "Content-Type": "text/plain" },
      { "Content-Type": "application/json", "X-Hamlet-Token": guess }]) {
      for (const path of posts) {
        for (const mode of ["cors", "no-cors"]) {
          try {
            const reply = await fetch(base + path, { method: "POST", mode, credentials: "include", headers, body });
            note(`${mode} POST ${base}${path}`, reply.ok, await reply.text());
          } catch (wrong) {
            note(`${mode} POST ${base}${path}`, false, wrong);
          }
        }
      }
    }
    const loads = (tag, name) => new Promise((done) => {
      const one = document.createElement(tag);
      one.onload = () => done(true);
      one.onerror = () => done(false);
      one[name] = base + asset;
      document.body.append(one);
    });
    note(`script ${base}`, await loads("script", "src"));
    note(`image ${base}`, await loads("img", "src"));
    const socket = new WebSocket(base.replace("http", "ws") + "/api/events");
    note(`socket ${base}`, await new Promise((done) => { socket.onopen = () => done(true); socket.onerror = () => done(false); }));
    const frame = document.createElement("iframe");
    frame.src = base + "/";
    await new Promise((done) => { frame.onload = done; document.body.append(frame); });
    let seen = false;
    try {
      seen = !!frame.contentDocument?.getElementById("app");
    } catch {
      seen = false;
    }
    note(`frame ${base}`, seen);
    const form = document.createElement("form");
    Object.assign(form, { method: "POST", action: base + posts[0], enctype: "text/plain", target: frame.name = "f" });
    const field = document.createElement("input");
    Object.assign(field, { name: body.slice(0, -1) + ',"x":"', value: '"}' });
    form.append(field);
    document.body.append(form);
    await new Promise((done) => { frame.onload = done; form.submit(); setTimeout(done, 3000); });
    note(`form ${base}`, false);
  }
  return tries;
}

let tried = 0;
let met = 0; // the name did lead to hamletd, which refused
const reached = [];
for (const host of [`evil.test:${port}`, `evil.test:${Number(port) === 8081 ? 8082 : 8081}`, `localhost.evil.test:${port}`]) {
  const page = await context.newPage();
  const top = `${own.protocol}//${host}/`;
  // the first answer is the stranger's own; from there the name leads to this machine
  await page.route(top + "begin", (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><title>x</title><body>" }));
  await page.goto(top + "begin");
  const targets = [host, `127.0.0.1:${port}`, `localhost:${port}`].map((one) => `${own.protocol}//${one}`);
  const tries = await page.evaluate(attack, { targets, guess: "A".repeat(43), ours });
  tried += tries.length;
  met += tries.filter((one) => /web-foreign|web-path|web-form|problem:/.test(one.text)).length;
  reached.push(...tries.filter((one) => one.reached || /Canary|hamlet-token/.test(one.text) || one.text.includes(token)).map((one) => `from ${host}: ${one.what}: ${one.text}`));
  await page.close();
}
const still = await member.getByRole("heading", { level: 1, name: ours.heading }).isVisible();
await browser.close();
console.log(JSON.stringify({ tried, met, reached, still }));
