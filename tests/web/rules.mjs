// SPDX-License-Identifier: Apache-2.0
// rules.mjs ADDRESS FOLDER STEP - who decides the same again and again, with nothing but keys. STEP:
//   habit    three cases, each in three keys; the rule that is proposed is looked at, and set
//   end      what it did is read; it is ended, and what it did taken back
import { keys } from "./keys.mjs";
import { sit } from "./member.mjs";

const [address, folder, step] = process.argv.slice(2);
const { page, look, does, rise } = await sit(address, folder);
const { press, reach, go, write, done, enter, counted } = keys(page);

const opened = (before) => page.waitForFunction((old) =>
  document.querySelector("h1")?.innerText.startsWith("Hộ gia đình: ") && document.querySelector("h1").innerText !== old, before);

// The value of who has more say is not always the first button.
async function choose() {
  const said = await page.locator("tr", { has: page.locator("button.value") }).first().locator("td:has(button.value)").allInnerTexts();
  return String(1 + said.findIndex((one) => one.includes("Trưởng ấp")));
}

async function habit() {
  await enter("Chị Thu");
  await go("link", "Xung đột");
  await done("Cần quyết định (4)");
  await press("j");
  await press("Enter");
  const each = [];
  for (let n = 0; n < 3; n++) {
    await opened();
    const title = await page.locator("h1").innerText();
    const before = counted();
    await press(await choose());
    await press("a");
    await press("Enter");
    each.push(counted() - before);
    await (n < 2 ? opened(title) : done("3 lần liền"));
  }
  await look("rule-proposed");
  await go("link", "Xem trước");
  await go("button", "Xem trước");
  await done("Sẽ quyết 1; để lại cho người quyết 0");
  await look("rule-preview");
  await go("button", "Quyết, và từ nay luôn quyết như vậy");
  await done("Quy tắc đã đặt");
  await done("Đã quyết 1 trường hợp");
  await look("rule-stands");
  return { each };
}

async function end() {
  await enter("Chị Thu");
  await go("link", "Xung đột");
  await done("Không có trường hợp nào như vậy");
  await go("link", "Quyết theo quy tắc");
  await done("Đã quyết 2 trường hợp");
  await go("button", "Thôi quy tắc này");
  await done("Chưa có quy tắc nào");
  await reach("summary", "Quy tắc đã thôi (1)");
  await press("Enter");
  await done("Chị Thu thôi, ");
  await look("rule-ended");
  await go("button", /^Hoàn tác 1 trường hợp/);
  await done("Đã hoàn tác");
  return {};
}

await rise(await does({ habit, end }[step]));
