// SPDX-License-Identifier: Apache-2.0
// page.mjs ADDRESS FOLDER STEP - what a member does in the browser, found by visible labels
// and roles alone; pictures go to FOLDER. Prints what was typed as one line of JSON. STEP:
//   work    signs for four households, enters one with a mistake first, leaves a draft
//   resume  finds the draft where it was left, and finishes it
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [address, folder, step] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const rules = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"];
const faults = [];
let screens = 0;

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--lang=en-US"],
});
const page = await browser.newPage({ viewport: { width: 1366, height: 768 } });
page.setDefaultTimeout(20000);
page.on("pageerror", (wrong) => faults.push("the page failed: " + wrong.message));
page.on("console", (line) => line.text().includes("Content Security Policy") && faults.push(line.text()));

// The screen bears looking at, and reading by a machine.
async function look(name) {
  await page.screenshot({ path: join(folder, name + ".png"), fullPage: true });
  await page.evaluate(axe);
  const found = await page.evaluate((only) => axe.run(document, { runOnly: only }), rules);
  screens++;
  faults.push(...found.violations.map((one) => `${name}: ${one.id}: ${one.nodes[0].html}`));
}

async function tab(name) {
  await page.getByRole("navigation").getByRole("link", { name, exact: true }).click();
  await page.getByRole("heading", { level: 1 }).waitFor();
}

async function sheet() {
  await tab("Ký cam kết");
  const rows = page.getByLabel(/^Người ký của hộ/);
  await rows.first().waitFor();
  const signed = [];
  await rows.first().focus();
  for (let at = 0; at < 4; at++) {
    signed.push(await page.locator(":focus").inputValue());
    await page.keyboard.press("Enter");
    await page.getByText(`${at + 1} hộ đã ký trên`).waitFor();
    const next = page.locator(":focus");
    if (!(await next.getAttribute("aria-label"))?.startsWith("Người ký của hộ")) {
      faults.push(`after row ${at + 1} the next one is not ready`);
    }
  }
  await look("sheet");
  return signed;
}

async function household() {
  await tab("Hộ");
  await page.getByRole("link", { name: "Ghi hộ mới" }).click();
  await page.getByLabel("Họ và tên chủ hộ").fill("Trần Thị Bảy");
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByText("không được để trống").waitFor();
  await look("mistake");
  await page.getByLabel(/^Địa chỉ/).fill("Tổ 9 <b>sau chợ</b>");
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByRole("heading", { name: /Trần Thị Bảy/ }).waitFor();
  await look("record");
}

async function draft() {
  await tab("Hộ");
  await page.getByRole("link", { name: "Ghi hộ mới" }).click();
  await page.getByLabel("Họ và tên chủ hộ").fill("Lê Văn Dở");
  await page.getByLabel(/^Địa chỉ/).focus();
  await page.getByText("Nháp đã giữ trên máy").waitFor();
}

async function work() {
  await page.getByText("hộ, chưa hộ nào").waitFor();
  await look("todo");
  const signed = await sheet();
  await household();
  await tab("Sổ");
  await page.getByRole("link", { name: "Trần Thị Bảy" }).waitFor();
  await look("book");
  await tab("Máy này");
  await page.getByText("Biên nhận của huyện").waitFor();
  await look("machine");
  await draft();
  return { signed, households: ["Trần Thị Bảy"] };
}

async function resume() {
  await page.getByText("Đang ghi dở").waitFor();
  await page.getByRole("link", { name: "Ghi tiếp" }).click();
  await page.getByLabel(/^Địa chỉ/).fill("Tổ 10");
  if ((await page.getByLabel("Họ và tên chủ hộ").inputValue()) !== "Lê Văn Dở") {
    faults.push("the draft is not as it was left");
  }
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByRole("heading", { name: /Lê Văn Dở/ }).waitFor();
  return { signed: [], households: ["Lê Văn Dở"] };
}

await page.goto(address);
const typed = await { work, resume }[step]();
await browser.close();
console.log(JSON.stringify({ ...typed, screens, faults }));
process.exit(faults.length > 0 ? 1 : 0);
