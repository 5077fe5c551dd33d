// SPDX-License-Identifier: Apache-2.0
// told.mjs ADDRESS FOLDER STEP - what a member is told, and that texts stay texts. STEP:
//   hostile   every screen and paper of records whose texts are markup
//   alone     without a network and without a mouse: enters a household, takes it back; English
//   gone      an entry that the district did not take, of a unit that is not here any more
//   returned  entries that it did not take: one is written anew, one mended, one dropped
import { sit } from "./member.mjs";

const [address, folder, step] = process.argv.slice(2);
const { page, faults, look, tab, does, rise } = await sit(address, folder);
const TABS = ["Cần làm", "Ký cam kết", "Hộ", "Đánh giá", "Biên bản", "Hoạt động", "Báo cáo", "Sổ", "Máy này"];
page.on("dialog", (dialog) => faults.push("a text was run: " + dialog.message()));

const links = () => page.getByRole("cell").getByRole("link");

// ---- texts that are markup ----

let looks = 0;
async function harmless(where) {
  looks++;
  const made = await page.evaluate(() => [...document.querySelectorAll("main :is(script, iframe, object, img, style, [onload], [onerror], a[href^='javascript'])")]
    .map((one) => one.outerHTML.slice(0, 120)));
  faults.push(...made.map((one) => `${where}: ${one}`));
}

async function record(name) {
  await page.getByText("Đã ghi những gì").waitFor();
  await harmless(name);
  await page.getByRole("link", { name: "Sửa", exact: true }).click();
  await page.getByRole("button", { name: "Lưu" }).waitFor();
  await harmless("the form of " + name);
  await page.goBack();
  await page.getByRole("link", { name: "In", exact: true }).click();
  await page.getByRole("heading", { name: "In giấy tờ" }).waitFor();
  await page.getByRole("img", { name: "Mã QR của tờ này" }).first().waitFor();
  await harmless("the paper of " + name);
}

async function hostile() {
  for (const name of TABS) {
    await tab(name);
    await harmless(name);
  }
  await tab("Hộ");
  await links().first().waitFor();
  const texts = await links().allTextContents();
  await harmless("households");
  for (const at of texts.keys()) {
    await tab("Hộ");
    await links().nth(at).click();
    await record(texts[at]);
  }
  await tab("Ký cam kết");
  await page.getByLabel(/^Người ký của hộ/).first().waitFor();
  await harmless("the sheet");
  await page.getByRole("link", { name: "In phiếu này" }).click();
  await page.getByRole("img", { name: "Mã QR của tờ này" }).first().waitFor();
  await harmless("the sheet's paper");
  await tab("Biên bản");
  await links().first().click();
  await record("minutes");
  return { looks, texts };
}

// ---- without a network, without a mouse ----

// Tab until what bears this name is at hand.
async function reach(role, name) {
  const wanted = page.getByRole(role, { name }).first();
  await wanted.waitFor();
  for (let presses = 0; presses < 400; presses++) {
    if (await wanted.evaluate((one) => one === document.activeElement)) {
      return;
    }
    await page.keyboard.press("Tab");
  }
  throw new Error(`no way to ${name} by keyboard`);
}

async function press(role, name) {
  await reach(role, name);
  await page.keyboard.press("Enter");
}

async function type(label, text) {
  await reach("textbox", label);
  await page.keyboard.type(text);
}

async function alone() {
  await press("button", "Gửi ngay");
  await page.getByText(/^Chưa gửi được: /).waitFor();
  await look("cannot-send");
  await press("link", "Hộ");
  await press("link", "Ghi hộ mới");
  await type(/^Họ và tên chủ hộ/, "Hộ Ghi Nhầm");
  await type(/^Địa chỉ/, "Tổ 1");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("heading", { name: /Hộ Ghi Nhầm/ }).waitFor();
  await press("button", "Hoàn tác");
  await page.getByText("Đã hoàn tác").waitFor();
  await press("link", "Máy này");
  await press("button", "English");
  await page.getByRole("heading", { level: 1, name: "This laptop" }).or(page.getByRole("heading", { level: 1, name: "This computer" })).waitFor();
  for (const name of await page.getByRole("navigation").getByRole("link").allTextContents()) {
    await press("link", name);
    await page.getByRole("heading", { level: 1 }).first().waitFor();
    await look("english-" + name.toLowerCase());
    const vietnamese = (await page.locator("button, h1, h2, label, .card strong").allTextContents()).filter((one) => /[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]/i.test(one) && one !== "Tiếng Việt");
    faults.push(...vietnamese.map((one) => `in English: ${name}: ${one}`));
  }
  return {};
}

// ---- what came back ----

const card = (text) => page.getByRole("listitem").filter({ hasText: "Phiếu bị trả lại: Hộ gia đình" + text });

// Who and why, and what to do.
async function told(one) {
  await one.waitFor();
  return (await one.getByRole("paragraph").allTextContents()).join(" ");
}

async function gone() {
  const why = await told(card(""));
  await look("returned-gone");
  await card("").getByRole("button", { name: "Đã đọc" }).click();
  await card("").waitFor({ state: "detached" });
  return { why };
}

// What was typed stands there; only what is wrong is typed again.
async function mend(text, label, value) {
  await tab("Cần làm");
  await card(" · " + text).getByRole("link", { name: "Sửa" }).click();
  const field = page.getByLabel(label);
  await field.waitFor();
  const stood = await field.inputValue();
  await field.fill(value);
  await page.getByRole("button", { name: "Lưu", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: /^Hộ gia đình/ }).waitFor();
  return stood;
}

async function returned() {
  const why = await told(card(" · Hộ Bị Trả"));
  await look("returned");
  const stood = [await mend("Hộ Bị Trả", /^Địa chỉ/, "Tổ 4, nhà cuối"), await mend("Địa chỉ: Tổ 2", /^Địa chỉ/, "Tổ 7")];
  await tab("Cần làm");
  await card(" · Hộ Thôi").getByRole("button", { name: "Bỏ", exact: true }).click();
  await page.getByText("Đã bỏ phiếu bị trả lại").waitFor();
  await card("").first().waitFor({ state: "detached" });
  return { why, stood };
}

await rise(await does({ hostile, alone, gone, returned }[step]));
