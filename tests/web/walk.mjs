// SPDX-License-Identifier: Apache-2.0
// walk.mjs ADDRESS FOLDER STEP - people of a district who have only its page (member.mjs). STEP:
//   found    the first admin signs in: units, hamlets, people, invitations
//   watch    the second one: who is silent, what is copied; a conflict, a merger, a laptop replaced
//   told     at the laptop of whoever was overruled
//   close    the year is counted; an account gets a new code, another ends; the auditor looks on
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sit } from "./member.mjs";

const [address, folder, step] = process.argv.slice(2);
const { page, look, tab, does, rise } = await sit(address, folder);
const given = JSON.parse(readFileSync(join(folder, "walk.json"), "utf8"));

const press = (name, within = page) => within.getByRole("button", { name, exact: true }).click();
const unfold = (name, within = page) => within.locator("summary").getByText(name, { exact: true }).click();
const act = (name, within = page) => within.locator("details", { has: page.locator("summary").getByText(name, { exact: true }) });
const done = (text) => page.getByText(text, { exact: false }).first().waitFor();

async function first({ name, code }) {
  await press("Vào lần đầu, hoặc quên mật khẩu: tôi có mã");
  await page.getByLabel("Tên tài khoản").fill(name);
  await page.getByLabel("Mã vào lần đầu").fill(code);
  await page.getByLabel("Mật khẩu mới", { exact: true }).fill(given.words);
  await page.getByLabel("Gõ lại mật khẩu mới").fill(given.words);
  await press("Vào");
  await page.getByRole("navigation").waitFor();
}

// Finds a unit by some letters and takes the one of that code out of the list.
async function choose(within, label, typed, code) {
  await within.getByRole("textbox", { name: label, exact: true }).fill(typed);
  await within.getByRole("listbox", { name: label, exact: true }).selectOption(code);
}

// The list that came along, then hamlets, each with the code that is offered.
async function units() {
  await press("Lấy từ danh mục đi kèm");
  await done(`Đã thêm ${given.listed} đơn vị`);
  await page.getByRole("heading", { level: 1, name: `Tình hình: ${given.district.name} (${given.district.code})` }).waitFor();
  await tab("Đơn vị");
  await page.getByText(given.district.name).first().waitFor();
  const add = act("Thêm đơn vị");
  const codes = [];
  await unfold("Thêm đơn vị");
  for (const name of given.hamlets) {
    await choose(add, "Đơn vị cấp trên", given.commune.code, given.commune.code);
    await add.getByLabel("Loại", { exact: true }).selectOption({ label: name.split(" ")[0] });
    await add.getByLabel("Tên", { exact: true }).fill(name);
    await add.getByLabel("Có từ ngày").fill("2015-01-01");
    const offered = `${given.commune.code}-0${codes.length + 1}`;
    await page.waitForFunction((code) => [...document.querySelectorAll("details[open] input")].some((one) => one.value === code), offered);
    codes.push(offered);
    if (codes.length === 1) {
      await look("walk-add-unit");
    }
    await press("Thêm đơn vị", add);
    await done(`Đã thêm đơn vị ${name}`);
  }
  await page.getByRole("row").filter({ has: page.getByRole("cell", { name: given.commune.code, exact: true }) }).getByRole("link").click();
  await page.getByRole("row", { name: /Khóm Ba/ }).waitFor();
  await look("walk-units");
  return codes;
}

async function addAccount(name, role, unit) {
  await unfold("Thêm người dùng");
  const form = act("Thêm người dùng");
  await form.getByLabel("Họ tên, dùng làm tên tài khoản").fill(name);
  await form.getByLabel("Vai trò").selectOption({ label: role });
  const place = form.getByLabel("Nơi làm việc");
  await place.selectOption({ label: `${unit.name} (${unit.code})` });
  await press("Thêm người dùng", form);
  await page.getByRole("heading", { name: `Mã vào lần đầu của ${name}` }).waitFor();
  const code = await page.locator("code.typed.large").textContent();
  await look("walk-account-" + role.length);
  await press("Cất mã");
  return { name, code };
}

async function people() {
  await tab("Người dùng");
  await done("Đây là tài khoản của bạn");
  const second = await addAccount("Trần Văn Phó", "Quản trị huyện", given.district);
  const officer = await addAccount("Lê Thị Xã", "Cán bộ xã", given.commune);
  const auditor = await addAccount("Phạm Văn Soát", "Người giám sát", given.district);
  await look("walk-accounts");
  return { second, officer, auditor };
}

// As a link, or as the file of a stick.
async function invite(name, unit, role, way) {
  await unfold("Mời một máy");
  await choose(act("Mời một máy"), "Đơn vị", unit.name, unit.code);
  await page.getByLabel("Vai trò").selectOption({ label: role });
  await page.getByLabel("Người giữ máy").fill(name);
  await press("Tạo giấy mời");
  await page.getByRole("heading", { name: `Giấy mời của ${name}, đơn vị ${unit.name} (${unit.code})` }).waitFor();
  const made = {};
  if (way === "file") {
    const saving = page.waitForEvent("download");
    await press("Lưu tệp giấy mời");
    made.file = `giay-moi-${unit.code}.hmi`;
    await (await saving).saveAs(join(folder, made.file));
  } else {
    await unfold("Gõ bằng tay");
    made.link = await page.locator("code.typed").innerText();
  }
  await look("walk-invitation-" + way);
  await press("Cất giấy mời");
  await unfold("Mời một máy");
  return made;
}

async function found() {
  await first(given.first);
  await done("Máy chủ chưa có danh mục đơn vị");
  await look("walk-first");
  const codes = await units();
  const who = await people();
  await tab("Máy");
  await done("Chưa có máy nào");
  const [one, two, three] = given.hamlets.map((name, at) => ({ name, code: codes[at] }));
  const invitations = {
    "Một": await invite("Chị Một", one, "Trưởng ấp", "link"),
    "Hai": await invite("Anh Hai", two, "Trưởng ấp", "file"),
    "Sổ": await invite("Cô Sổ", two, "Người ghi chép của ấp", "link"),
    "Ba": await invite("Chú Ba", three, "Trưởng ấp", "file"),
  };
  await look("walk-invited");
  return { codes, people: who, invitations };
}

// Who is to be called, and why; each under the name of its hamlet.
async function fleet() {
  await tab("Máy");
  await page.getByRole("row", { name: /Chị Một.*Ấp Một/ }).getByText("Im lặng từ 7 ngày").waitFor();
  await page.getByRole("row", { name: /Chú Ba.*Khóm Ba/ }).getByText("Có hai bản cùng hoạt động").waitFor();
  await look("walk-fleet");
  const row = page.getByRole("row", { name: /Chú Ba/ });
  await press("Thu hồi", row);
  await row.getByLabel("Lý do").fill("máy bị chép sang máy khác");
  await press("Thu hồi máy Chú Ba", row);
  await done("Đã thu hồi máy Chú Ba");
  const made = await invite("Chú Ba", { name: given.hamlets[2], code: given.codes[2] }, "Trưởng ấp", "link");
  return made.link;
}

async function decide() {
  await tab("Xung đột");
  await done("Cần quyết định (1)");
  await page.locator("#row-0").click();
  await page.waitForFunction(() => document.querySelector("h1")?.innerText.startsWith("Hộ gia đình: "));
  await page.keyboard.press("2");
  await page.keyboard.press("a");
  const result = page.locator("td.result strong").filter({ hasText: /Số (15|51)/ });
  await result.waitFor();
  const decided = await result.innerText();
  await look("walk-case");
  await page.keyboard.press("Enter");
  await done("Đã lưu quyết định");
  await done("Không có trường hợp nào như vậy");
  return decided;
}

// In the middle of a year that is over: both have written in it.
async function merge() {
  await tab("Đơn vị");
  await unfold("Sáp nhập đơn vị");
  const form = act("Sáp nhập đơn vị");
  const [one, two] = given.hamlets;
  await choose(form, "Đơn vị", one, given.codes[0]);
  await choose(form, "Sáp nhập vào đơn vị", two, given.codes[1]);
  await form.getByLabel("Có hiệu lực từ ngày").fill(`${given.year}-07-01`);
  await press("Sáp nhập đơn vị", form);
  await done("Đã sáp nhập đơn vị");
  await page.getByRole("row").filter({ has: page.getByRole("cell", { name: given.commune.code, exact: true }) }).getByRole("link").click();
  await page.getByRole("row", { name: /Ấp Một/ }).getByText(`Đã sáp nhập vào ${two} (${given.codes[1]}), đến hết 30/06/${given.year}`).waitFor();
  await look("walk-merged");
}

async function watch() {
  await first(given.people.second);
  await page.getByText("1 máy im lặng từ bảy ngày trở lên").waitFor();
  await page.getByText("1 máy có hai bản cùng hoạt động").waitFor();
  await look("walk-overview");
  const link = await fleet();
  const decided = await decide();
  await merge();
  await tab("Quyền");
  await page.getByText("Chị Một · Trưởng ấp · Ấp Một").waitFor();
  await look("walk-rights");
  return { link, decided };
}

async function told() {
  await page.getByText(/Bạn ghi: .* Nay là: /).waitFor();
  await look("walk-overruled");
  return { said: await page.locator("main").innerText() };
}

// Until the report is of that day: the one before stays on the screen while it is counted.
async function figure(to, last) {
  await tab("Báo cáo");
  await page.getByRole("link", { name: /^Xem năm/ }).first().click();
  await page.getByRole("link", { name: "Xem bản in" }).waitFor();
  await page.getByLabel("Báo cáo", { exact: true }).selectOption({ label: "Đăng ký" });
  await page.getByLabel("Năm, hoặc đến ngày").fill(to);
  await press("Xem");
  const row = page.getByRole("row", { name: /^Ấp, khóm có bản đăng ký/ }).first();
  await done(`tính đến ${last}`);
  await row.waitFor();
  await look("walk-report-" + to.length);
  return /\d+\/\d+/.exec(await row.innerText())[0];
}

async function enter(name) {
  await page.getByLabel("Tên tài khoản").fill(name);
  await page.getByLabel("Mật khẩu", { exact: true }).fill(given.words);
  await press("Vào");
  await page.getByRole("navigation").waitFor();
}

async function leave() {
  await press("Đăng xuất");
  await page.getByRole("heading", { name: "Đăng nhập trang của huyện" }).waitFor();
}

// The officer comes once and leaves; the auditor, who lost his code, comes with another.
async function close() {
  await first(given.people.officer);
  await page.getByRole("heading", { name: `Tình hình: ${given.commune.name} (${given.commune.code})` }).waitFor();
  await leave();
  await enter(given.people.second.name);
  const figures = [await figure(`${given.year}-06-30`, `30/06/${given.year}`), await figure(String(given.year), `31/12/${given.year}`)];
  await tab("Người dùng");
  const officer = page.getByRole("listitem").filter({ hasText: "Lê Thị Xã" });
  await officer.getByText("Đã đặt mật khẩu").waitFor();
  await unfold("Kết thúc tài khoản", officer);
  await look("walk-end");
  await press("Kết thúc tài khoản", officer);
  await done("Đã kết thúc tài khoản của Lê Thị Xã");
  await officer.waitFor({ state: "detached" });
  const auditor = page.getByRole("listitem").filter({ hasText: "Phạm Văn Soát" });
  await auditor.getByText("Đã có mã, chưa vào lần nào").waitFor();
  await unfold("Cấp mã mới", auditor);
  await press("Cấp mã mới", auditor);
  await page.getByRole("heading", { name: "Mã vào lần đầu của Phạm Văn Soát" }).waitFor();
  const code = await page.locator("code.typed.large").textContent();
  await leave();
  await first({ name: "Phạm Văn Soát", code });
  await page.getByRole("heading", { name: "Nhật ký" }).waitFor();
  await page.getByRole("cell", { name: "Lê Thị Xã" }).first().waitFor();
  await look("walk-log");
  return { figures };
}

await rise(await does({ found, watch, told, close }[step]));
