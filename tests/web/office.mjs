// SPDX-License-Identifier: Apache-2.0
// office.mjs ADDRESS FOLDER STEP - the officer of a commune, and the hamlet that he writes to. STEP:
//   return   a registration is opened, and given back with a sentence
//   read     at the laptop: the sentence, and sent again
//   receive  with its number; then what was made one is taken apart; all of it by keys alone
//   decide   the own evaluation is appraised, the decision and the certificate recorded
//   confirm  by the chair, who records nothing else
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { keys } from "./keys.mjs";
import { sit } from "./member.mjs";

const [address, folder, step] = process.argv.slice(2);
const { page, look, tab, does, rise } = await sit(address, folder);
const given = JSON.parse(readFileSync(join(folder, "office.json"), "utf8"));
const SENTENCE = "Thiếu số nghị quyết chi bộ, ghi thêm rồi gửi lại";

const keyboard = keys(page);
const press = (name, within = page) => within.getByRole("button", { name, exact: true }).click();
const act = (name) => page.locator("details", { has: page.locator("summary").getByText(name, { exact: true }) });
const unfold = (name) => page.locator("summary").getByText(name, { exact: true }).click();
const done = (text) => page.getByText(text, { exact: false }).first().waitFor();

async function enter(account = "Anh Hai") {
  await page.getByLabel("Tên tài khoản").fill(account);
  await page.getByLabel("Mật khẩu").fill("ba con vịt xanh");
  await press("Vào");
  await page.getByRole("navigation").waitFor();
}

// The one dossier that waits.
async function open() {
  await enter();
  await tab("Hồ sơ");
  await done("Chờ bạn (1)");
  if ((await page.locator("main").innerText()).includes(given.registrant)) {
    throw new Error("the queue names who registered");
  }
  await look("office-" + step);
  await page.getByRole("link", { name: "Mở hồ sơ" }).first().click();
  await page.getByRole("heading", { level: 1, name: new RegExp(`hồ sơ năm ${given.year}`) }).waitFor();
}

async function giveBack() {
  await open();
  await done(given.registrant);
  await unfold("Trả lại");
  const form = act("Trả lại");
  await form.getByLabel("Thiếu văn bản trong hồ sơ").check();
  await press("Trả lại", form);
  await done("rả bản đăng ký thì ghi một câu");
  await look("office-unexplained");
  await form.getByLabel("Ghi chú").fill(SENTENCE);
  await press("Trả lại", form);
  await done("Đã trả lại bản đăng ký");
  await done("Bản đăng ký bị trả lại, chưa gửi lại");
  await look("office-returned");
}

async function read() {
  await done(SENTENCE);
  await look("office-read");
  await press("Gửi lại");
  await done("Đã gửi lại bản đăng ký");
  await page.getByText(SENTENCE).waitFor({ state: "detached" });
}

async function take(number) {
  await keyboard.go("summary", "Tiếp nhận");
  await keyboard.write("Số tiếp nhận", number);
  await keyboard.write("Người tiếp nhận", "Anh Hai");
  await keyboard.press("Enter");
  await done("Đã tiếp nhận bản đăng ký");
}

// With nothing but keys. What is taken back is to be done again, in the dossier that stands open.
async function receive() {
  await keyboard.enter("Anh Hai");
  await keyboard.go("link", "Hồ sơ");
  await done("Chờ bạn (1)");
  await keyboard.go("link", "Mở hồ sơ");
  await page.getByRole("heading", { level: 1, name: new RegExp(`hồ sơ năm ${given.year}`) }).waitFor();
  await take("04");
  await page.locator("summary").getByText("Tiếp nhận", { exact: true }).waitFor({ state: "detached" });
  await keyboard.go("button", "Hoàn tác");
  await done("Đã hoàn tác");
  await take("05");
  await look("office-received");
  await keyboard.go("link", "Số liệu");
  await page.getByRole("cell", { name: "Số hộ ký cam kết, đăng ký" }).waitFor();
  await look("office-figures");
  await keyboard.go("link", "Xung đột");
  await keyboard.go("link", "Đã gộp");
  await keyboard.reach("button", "Tách ra");
  await look("merges");
  await keyboard.go("button", "Tách ra");
  await done("Chưa có phiếu nào được gộp");
}

async function decide() {
  await open();
  await unfold("Thẩm định");
  const form = act("Thẩm định");
  await press("Lấy theo bản tự đánh giá", form);
  await form.getByRole("radiogroup", { name: "Kết quả" }).getByLabel("Đạt", { exact: true }).check();
  await press("Thẩm định", form);
  await done("kết quả khác kết quả máy tính thì phải nêu lý do");
  await look("office-appraisal");
  await form.getByRole("radiogroup", { name: "Lý do kết quả khác máy tính" }).getByLabel("Cấp trên đã xem xét").check();
  await press("Thẩm định", form);
  await done("Đã ghi kết quả thẩm định");
  await unfold("Ghi quyết định");
  const decision = act("Ghi quyết định");
  await press("Ghi quyết định", decision);
  await page.locator(".wrong-text, .trouble").first().waitFor();
  await decision.getByLabel("Đạt", { exact: true }).check();
  await decision.getByLabel("Số quyết định").fill("12/QĐ");
  await decision.getByLabel("Ngày ban hành").fill(`10/1/${given.year}`);
  await look("office-decision");
  await press("Ghi quyết định", decision);
  await done("Đã ghi quyết định");
  await unfold("Ghi Giấy công nhận");
  const certificate = act("Ghi Giấy công nhận");
  await certificate.getByLabel("Số Giấy công nhận").fill("GCN-7");
  await certificate.getByLabel("Ngày cấp Giấy công nhận").fill(`12/1/${given.year}`);
  await press("Ghi Giấy công nhận", certificate);
  await done("GCN-7");
  await look("office-decided");
}

async function confirm() {
  await enter("Cô Chủ");
  await tab("Hồ sơ");
  await done("Chờ bạn (1)");
  await page.getByRole("link", { name: "Mở hồ sơ" }).first().click();
  await page.getByRole("heading", { level: 1, name: new RegExp(`hồ sơ năm ${given.year}`) }).waitFor();
  for (const other of ["Tiếp nhận", "Thẩm định", "Ghi quyết định"]) {
    if (await page.locator("summary").getByText(other, { exact: true }).count() > 0) {
      throw new Error(`a chair is offered ${other}`);
    }
  }
  await unfold("Xác nhận đã ký");
  await look("office-confirm");
  await press("Xác nhận đã ký", act("Xác nhận đã ký"));
  await page.getByRole("term").getByText("Ngày Chủ tịch xác nhận đã ký").waitFor();
  await look("office-confirmed");
}

await does({ return: giveBack, read, receive, decide, confirm }[step]);
await rise({});
