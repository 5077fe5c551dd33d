// SPDX-License-Identifier: Apache-2.0
// inbox.mjs ADDRESS FOLDER STEP - who decides at the district's page. STEP:
//   decide   a case in three keys, undone, a question instead of a decision
//   answer   what was asked from below
//   read     at the laptop of whoever was overruled: who, why, and the way to ask again
import { sit } from "./member.mjs";

const [address, folder, step] = process.argv.slice(2);
const { page, look, tab, does, rise } = await sit(address, folder);

async function enter() {
  await page.getByLabel("Tên tài khoản").fill("Chị Thu");
  await page.getByLabel("Mật khẩu").fill("ba con vịt xanh");
  await page.getByRole("button", { name: "Vào", exact: true }).click();
  await page.getByRole("navigation").waitFor();
}

// The case that is open, if it is another than `before`.
async function opened(before) {
  await page.waitForFunction((old) => document.querySelector("h1")?.innerText.startsWith("Hộ gia đình: ") && document.querySelector("h1").innerText !== old, before);
  return page.locator("h1").innerText();
}

const result = () => page.locator("td.result strong").allInnerTexts();

async function decide() {
  await enter();
  await tab("Xung đột");
  await page.getByText("Cần quyết định (3)").waitFor();
  const body = await page.locator("main").innerText();
  for (const hidden of ["Lê Thị Bình", "Trưởng Ấp", "Tổ 1A"]) {
    if (body.includes(hidden)) {
      throw new Error(`the list names ${hidden}`);
    }
  }
  await look("inbox");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  const first = await opened();
  await look("case");
  await page.keyboard.press("2");
  await page.keyboard.press("a");
  await page.getByRole("button", { name: "Xem lại phiếu sau khi gộp" }).click();
  await page.getByRole("region", { name: "Xem lại phiếu sau khi gộp" }).waitFor();
  await look("case-preview");
  await page.locator("main").focus();
  await page.keyboard.press("Enter");
  await page.getByText("Đã lưu quyết định").waitFor();
  await opened(first); // the next one opens
  await page.getByRole("button", { name: "Hoàn tác" }).click();
  await page.getByText("Đã hoàn tác").waitFor();
  await page.keyboard.press("Escape");
  await page.getByText("Cần quyết định (3)").waitFor();
  await page.locator("#row-0").click();
  const decided = await opened();
  await page.keyboard.press("2");
  const chosen = await result();
  await page.keyboard.press("a");
  await page.keyboard.press("Enter");
  await opened(decided);
  await page.getByText("Hỏi lại ấp, chưa quyết").click();
  await page.locator("#ask").fill("Nhà này ở tổ mấy?");
  await look("ask");
  await page.getByRole("button", { name: "Gửi", exact: true }).click();
  await page.getByText(/^Đã hỏi/).waitFor();
  await page.getByText("Cần quyết định (2)").waitFor();
  await page.getByRole("link", { name: "Trông giống nhau" }).click();
  await page.getByRole("link", { name: "Mở" }).first().waitFor();
  await look("pairs");
  await page.getByRole("link", { name: "Mở" }).first().click();
  await page.getByRole("heading", { name: "Là một hay là hai?" }).waitFor();
  await look("pair");
  await page.getByRole("button", { name: "Là hai hồ sơ khác nhau" }).click();
  await page.getByText("Đã ghi là hai hồ sơ khác nhau").waitFor();
  await page.getByRole("link", { name: "Về danh sách" }).click();
  await page.getByRole("link", { name: "Quyết theo quy tắc" }).click();
  await page.getByRole("button", { name: "Xem trước" }).click();
  await page.getByText("Sẽ quyết 2; để lại cho người quyết 0").waitFor();
  await look("rules");
  await page.getByRole("button", { name: "Quyết 2 trường hợp" }).click();
  await page.getByText("Đã quyết 2, còn lại 0").waitFor();
  await page.getByRole("button", { name: "Hoàn tác" }).click();
  await page.getByText("Đã hoàn tác").waitFor();
  return { chosen, decided };
}

async function read() {
  await page.getByText(/Bạn ghi: .* Nay là: /).waitFor();
  const said = await page.locator("main").innerText();
  await look("overruled");
  await page.getByRole("button", { name: "Hỏi lại" }).click();
  await page.getByRole("textbox", { name: "Hỏi lại" }).fill("Nhà này đã dời, xin xem lại");
  await page.getByRole("button", { name: "Gửi", exact: true }).click();
  await page.getByText("Đã gửi câu hỏi lên trên").waitFor();
  await page.getByText("Nhà này ở tổ mấy?").waitFor();
  await page.getByRole("button", { name: "Trả lời" }).click();
  await page.getByRole("textbox", { name: "Trả lời" }).fill("Tổ 1");
  await page.getByRole("button", { name: "Gửi", exact: true }).click();
  await page.getByText("Đã trả lời").waitFor();
  await look("answered");
  return { said };
}

async function answer() {
  await enter();
  await tab("Xung đột");
  await page.getByRole("link", { name: "Câu hỏi từ dưới" }).click();
  await page.getByText("Nhà này đã dời, xin xem lại").waitFor();
  await page.getByLabel("Trả lời").fill("Đã xem lại với ấp");
  await look("questions");
  await page.getByRole("button", { name: "Gửi", exact: true }).click();
  await page.getByText("Không còn câu hỏi nào").waitFor();
  return {};
}

await rise(await does({ decide, read, answer }[step]));
