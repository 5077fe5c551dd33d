// SPDX-License-Identifier: Apache-2.0
// desks.mjs ADDRESS FOLDER STEP - the admin of a district that nobody has set up (member.mjs).
//   found    a list of units, a hamlet added, renamed and merged, a laptop invited
//   watch    the laptop came: what it may do, then it is seen, and revoked; what was refused is answered
//            and let stand; all of it by keys alone
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { keys } from "./keys.mjs";
import { sit } from "./member.mjs";

const [address, folder, step] = process.argv.slice(2);
const { page, look, tab, does, rise } = await sit(address, folder);
const given = JSON.parse(readFileSync(join(folder, "desks.json"), "utf8"));

const keyboard = keys(page);
const press = (name) => page.getByRole("button", { name, exact: true }).click();
const open = (name) => page.locator("summary", { hasText: name }).click();
const act = (name) => page.locator("details", { has: page.locator("summary", { hasText: name }) });

async function enter() {
  await page.getByLabel("Tên tài khoản").fill(given.account);
  await page.getByLabel("Mật khẩu").fill(given.passphrase);
  await press("Vào");
  await page.getByRole("heading", { level: 1 }).waitFor();
}

async function choose(within, label, typed, code) {
  await within.getByRole("textbox", { name: label, exact: true }).fill(typed);
  await within.getByRole("listbox", { name: label, exact: true }).selectOption(code);
}

async function done(text) {
  await page.getByText(text, { exact: false }).first().waitFor();
}

async function units() {
  await tab("Đơn vị");
  await done("Máy chủ chưa có danh mục đơn vị");
  await look("setup");
  await press("Lấy từ danh mục đi kèm");
  await done(`Đã thêm ${given.listed} đơn vị`);
  await page.getByText("Máy chủ chưa có danh mục đơn vị").waitFor({ state: "detached" });
  await open("Nhập danh sách đơn vị");
  await page.locator("input[type=file]").setInputFiles(join(folder, "wrong.csv"));
  await page.getByRole("alert").waitFor();
  await look("units-wrong");
  await page.locator("input[type=file]").setInputFiles(join(folder, "units.csv"));
  await done(`Thêm ${given.rows}`);
  const add = act("Thêm đơn vị");
  await open("Thêm đơn vị");
  await choose(add, "Đơn vị cấp trên", given.commune, given.commune);
  await add.getByLabel("Loại", { exact: true }).selectOption({ label: "Khóm" });
  await add.getByLabel("Tên", { exact: true }).fill("Ấp Mới");
  await page.waitForFunction((begin) => [...document.querySelectorAll("details[open] input")].some((one) => one.value.startsWith(begin)), given.commune + "-");
  await add.getByLabel("Mã", { exact: true }).fill(given.added);
  await add.getByLabel("Có từ ngày").fill("2020-01-01");
  await add.getByRole("button", { name: "Thêm đơn vị" }).click();
  await done("Đã thêm đơn vị");
  const rename = act("Đổi tên đơn vị");
  await open("Đổi tên đơn vị");
  await choose(rename, "Đơn vị", given.added, given.added);
  await rename.getByLabel("Tên", { exact: true }).fill("Ấp Mới Hơn");
  await rename.getByLabel("Có hiệu lực từ ngày").fill("2019-12-31");
  await rename.getByRole("button", { name: "Đổi tên đơn vị" }).click();
  await done("không đứng sau");
  await rename.getByLabel("Có hiệu lực từ ngày").fill("2020-03-01");
  await rename.getByRole("button", { name: "Đổi tên đơn vị" }).click();
  await done("Đã đổi tên đơn vị");
  const merge = act(/^Sáp nhập đơn vị/);
  await open(/^Sáp nhập đơn vị/);
  await choose(merge, "Đơn vị", given.added, given.added);
  await choose(merge, "Sáp nhập vào đơn vị", given.hamlet, given.hamlet);
  await merge.getByRole("button", { name: "Sáp nhập đơn vị" }).click();
  await done("Đã sáp nhập đơn vị");
  await page.getByRole("searchbox").fill(given.added);
  await done("đã sáp nhập vào " + given.hamlet);
  await look("units");
}

async function invite() {
  await tab("Máy");
  await done("Chưa có máy nào");
  await open("Mời một máy");
  await choose(act("Mời một máy"), "Đơn vị", given.hamlet, given.hamlet);
  await page.getByLabel("Vai trò").selectOption("hamlet_head");
  await page.getByLabel("Người giữ máy").fill("Chị Sáu");
  await press("Tạo giấy mời");
  await page.getByRole("img", { name: "Mã QR của giấy mời" }).waitFor();
  await look("invitation");
  return page.locator("code.typed").textContent();
}

// With nothing but keys: a right more, which ends at once; then all of the machine goes elsewhere,
// when it is seen.
async function rights() {
  await keyboard.go("link", "Quyền");
  await done("Chị Sáu");
  await keyboard.go("summary", "Thêm quyền");
  await keyboard.unit("Đơn vị", given.other);
  await keyboard.pick("combobox", "Vai trò", "Người ghi chép của ấp");
  await look("people-grant");
  await keyboard.go("button", "Thêm quyền");
  await done("Đã thêm quyền");
  // The last of those that stand: first comes the one that it came with.
  const ends = page.locator("summary", { hasText: "Kết thúc quyền" });
  await ends.nth(1).waitFor();
  await keyboard.reach("summary", "Kết thúc quyền");
  const [own] = await page.locator("li.card ul.past > li").allInnerTexts();
  if (!own.includes("Người ghi chép của ấp")) {
    await keyboard.press("Tab");
  }
  await keyboard.press("Enter");
  await keyboard.mark(/^ngay bây giờ/);
  await keyboard.go("button", "Kết thúc quyền");
  await done("Đã kết thúc quyền");
  await keyboard.go("summary", "Chuyển sang đơn vị khác");
  await keyboard.unit("Đơn vị", given.other);
  await keyboard.go("button", "Chuyển sang đơn vị khác");
  await done("đang kết thúc, chờ máy đồng bộ");
  await look("people");
}

// What was refused is answered, and let stand.
async function refused() {
  await keyboard.go("link", "Bị từ chối");
  await done("Không có gì bị từ chối"); // it was written again, and stands apart
  await keyboard.go("summary", "Đã ghi lại cho đúng (1)");
  await keyboard.go("button", "Mở ra xem");
  await page.getByRole("region", { name: "Nội dung đã ghi" }).waitFor();
  await done("Điểm"); // the label of what was written, not its register
  await keyboard.go("summary", "Trả lời người ghi");
  await keyboard.reach("textbox", "Trả lời người ghi");
  await page.keyboard.type("Điểm cao nhất là 10, xem lại giúp");
  await keyboard.go("button", "Gửi");
  await done("Đã gửi câu trả lời");
  await keyboard.go("button", "Mở ra xem");
  await keyboard.write("Lý do", "đúng là như vậy");
  await look("refused");
  await keyboard.press("Enter");
  await page.locator("summary", { hasText: "Đã ghi lại cho đúng" }).waitFor({ state: "detached" });
}

async function watch() {
  await rights();
  await keyboard.go("link", "Máy");
  await done("Bình thường");
  await look("fleet");
  await keyboard.go("button", "Thu hồi");
  await keyboard.write("Lý do", "mất máy");
  await keyboard.press("Enter");
  await done("Đã thu hồi máy Chị Sáu");
  await page.getByRole("row", { name: /Chị Sáu/ }).getByText("Đã thu hồi").waitFor();
  await refused();
}

const typed = await does(async () => {
  await enter();
  if (step === "watch") {
    await watch();
    return {};
  }
  await units();
  return { link: await invite() };
});
await rise(typed);
