// SPDX-License-Identifier: Apache-2.0
// district.mjs ADDRESS FOLDER STEP NAME CODE - a person of the district at a browser, by visible
// labels and by keyboard. STEP:
//   admin    the first sign-in with a code, the overview, a passphrase changed, a session that
//            ends in the middle, signed out and in again, in both languages
//   auditor  the log: read, checked, kept as a file; what is not his has no way to it
import { readFileSync } from "node:fs";
import { sit } from "./member.mjs";

const [address, folder, step, name, code] = process.argv.slice(2);
const { page, look, tab, does, rise } = await sit(address, folder);
const WORDS = ["ba con vịt xanh", "cây đa đầu đình"];

const press = (label) => page.getByRole("button", { name: label, exact: true }).click();
const heading = (text) => page.getByRole("heading", { level: 1, name: text }).waitFor();
const told = (text) => page.getByRole("alert").getByText(text).waitFor();
const ready = (label) => page.getByLabel(label, { exact: true }).and(page.locator(":focus")).waitFor();

async function first() {
  await heading("Đăng nhập trang của huyện");
  await ready("Tên tài khoản");
  await look(`district-${step}-sign-in`);
  await press("Vào lần đầu, hoặc quên mật khẩu: tôi có mã");
  await page.getByLabel("Tên tài khoản").fill(name);
  await page.getByLabel("Mã vào lần đầu").fill("2222-2222-2222-2222");
  await page.getByLabel("Mật khẩu mới", { exact: true }).fill(WORDS[0]);
  await page.getByLabel("Gõ lại mật khẩu mới").fill(WORDS[1]);
  await press("Vào");
  await told("không giống nhau");
  await page.getByLabel("Gõ lại mật khẩu mới").fill(WORDS[0]);
  await press("Vào");
  await told("Mã vào lần đầu không đúng");
  await look(`district-${step}-code`);
  await page.getByLabel("Mã vào lần đầu").fill(code.toLowerCase());
  await page.keyboard.press("Enter");
}

// By keyboard alone.
async function again(words, kept) {
  await ready(kept ? "Mật khẩu" : "Tên tài khoản");
  if (!kept) {
    await page.keyboard.type(name);
    await page.keyboard.press("Tab");
  }
  await page.keyboard.type(words);
  await page.keyboard.press("Enter");
}

async function admin() {
  await first();
  await heading(/^Tình hình: /);
  await page.getByText("Máy chủ chưa được sao lưu lần nào").waitFor();
  await look("district-overview");
  const tabs = await page.getByRole("navigation").getByRole("link").allTextContents();
  await tab("Tài khoản");
  await page.getByLabel("Mật khẩu đang dùng").fill("không phải");
  await page.getByLabel("Mật khẩu mới", { exact: true }).fill(WORDS[1]);
  await page.getByLabel("Gõ lại mật khẩu mới").fill(WORDS[1]);
  await press("Đổi mật khẩu");
  await told("Tên hoặc mật khẩu không đúng");
  await look("district-account");
  await page.getByLabel("Mật khẩu đang dùng").fill(WORDS[0]);
  await press("Đổi mật khẩu");
  await page.getByText("Đã đổi mật khẩu").waitFor();
  await page.evaluate(() => sessionStorage.setItem("hamlet-token", "x"));
  await page.getByRole("link", { name: "Tình hình" }).click();
  await page.getByText(name).first().waitFor();
  await again(WORDS[1], true);
  await heading(/^Tình hình: /);
  await press("English");
  await heading(/^How it stands: /);
  await look("district-overview-english");
  await press("Tiếng Việt");
  await press("Đăng xuất");
  await heading("Đăng nhập trang của huyện");
  await again(WORDS[0], false);
  await told("Tên hoặc mật khẩu không đúng");
  await page.keyboard.type(WORDS[1]);
  await page.keyboard.press("Enter");
  await heading(/^Tình hình: /);
  return { tabs };
}

async function auditor() {
  await first();
  await heading("Nhật ký");
  const tabs = await page.getByRole("navigation").getByRole("link").allTextContents();
  const rows = await page.getByRole("row").count();
  await press("Kiểm tra nhật ký còn nguyên");
  await page.getByText(/^Nhật ký còn nguyên: \d+ dòng/).waitFor();
  await look("district-audit");
  const saving = page.waitForEvent("download");
  await press("Lưu thành tệp CSV");
  const csv = readFileSync(await (await saving).path(), "utf8");
  await page.goto(address + "/#/overview");
  await heading("Nhật ký");
  return { tabs, rows, csv };
}

const found = await does(step === "admin" ? admin : auditor);
await rise(found);
