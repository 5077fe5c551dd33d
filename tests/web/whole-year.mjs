// SPDX-License-Identifier: Apache-2.0
// whole-year.mjs ADDRESS FOLDER DONE... - a year of one hamlet, as far as it is not done yet:
// sees what is there, goes on with what was begun, and says each thing that the page said is
// saved. FOLDER/year.json holds what there is to type; DONE are acts that were said to be done.
// Whoever calls it may end it, the browser and hamletd at any moment, and call it again. One
// line of JSON a step: {at} before each act of a hand, {saved} for what the page said.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sit } from "./member.mjs";

const [address, folder, ...done] = process.argv.slice(2);
const year = JSON.parse(readFileSync(join(folder, "year.json"), "utf8"));
const { page, faults, tab, does, rise } = await sit(address, folder);

const tell = (line) => process.stdout.write(JSON.stringify(line) + "\n");
const step = (what) => tell({ at: what });
const button = (name) => page.getByRole("button", { name, exact: true });
const title = (name) => page.getByRole("heading", { level: 1, name });

// A label begins as it is written here; what follows says whether it may be left out.
const labelled = (label) => new RegExp(`^${label.replace(/[()/.]/g, "\\$&")}( \\(|$)`);

// What stands in a field is what was typed, or what it began with: then it is typed.
async function type([label, value]) {
  step(label);
  const field = page.getByLabel(labelled(label));
  const before = await field.inputValue();
  if (before === value) {
    return;
  }
  if (!value.startsWith(before) && !year.stood.includes(before)) {
    faults.push(`${label}: ${before} stands where ${value} was typed`);
  }
  await field.fill(value);
}

async function choose([label, value]) {
  step(label);
  await page.getByRole("radiogroup", { name: labelled(label) }).getByLabel(value, { exact: true }).check();
}

async function fill({ texts = [], choices = [] }) {
  for (const one of choices) {
    await choose(one);
  }
  for (const one of texts) {
    await type(one);
  }
}

async function save(name, heading) {
  step("save");
  await button(name).click();
  await heading.waitFor();
}

// A record that one finds in a list, or is begun, or is not there at all.
async function begin(kind, isThere, add) {
  await tab("Cần làm");
  await page.getByRole("link", { name: "Mở phiếu ký" }).waitFor();
  const card = page.getByRole("listitem").filter({ hasText: "Đang ghi dở: " + kind });
  if ((await card.count()) > 0) {
    await card.getByRole("link", { name: "Ghi tiếp" }).click();
    return true;
  }
  if (await isThere()) {
    return false;
  }
  await add();
  return true;
}

// Whether the list of a kind has a record with this in it.
async function listed(kind, text) {
  await tab("Sổ");
  await page.getByRole("link", { name: kind, exact: true }).click();
  await title(kind).waitFor();
  await page.getByText("Chưa có phiếu nào.").or(page.getByRole("row").nth(1)).first().waitFor();
  return (await page.getByRole("row").filter({ hasText: text }).count()) > 0;
}

async function registration() {
  const open = await begin("Bản đăng ký", () => listed("Bản đăng ký", "Tiêu chuẩn"), async () => {
    await tab("Sổ");
    await page.getByRole("link", { name: "Bản đăng ký", exact: true }).click();
    await page.getByRole("link", { name: "Ghi mới: Bản đăng ký" }).click();
  });
  if (open) {
    await fill(year.registration);
    await save("Lưu", title(/^Bản đăng ký/));
  }
}

// ---- signatures ----

async function tally() {
  const said = page.getByText(/hộ đã ký trên \d+ hộ/);
  await said.waitFor();
  return (await said.textContent()).match(/(\d+) hộ đã ký trên (\d+)/).slice(1).map(Number);
}

// The row whose signer is asked for next.
const signers = () => page.getByRole("textbox", { name: /^Người ký của hộ/ });

// Which row is ready: whose household, and where it stands among those that are open.
async function ready() {
  const open = await signers().all();
  for (const [at, one] of open.entries()) {
    if (await one.evaluate((each) => each === document.activeElement)) {
      return { at, head: (await one.getAttribute("aria-label")).replace("Người ký của hộ ", ""), input: one };
    }
  }
  return null;
}

async function signRow({ head, input }, count) {
  const other = year.others[head];
  if (other) {
    step("signer");
    await page.keyboard.type(other.name);
    await page.keyboard.press("Tab");
    await page.keyboard.type(other.key);
    if ((await input.inputValue()) !== other.name) {
      faults.push(`${head}: ${await input.inputValue()} stands where ${other.name} was typed`);
    }
  }
  step("sign");
  await page.keyboard.press("Enter");
  await page.getByText(`${count} hộ đã ký trên`).waitFor();
  tell({ saved: "signature", name: head });
}

// The households of the screen's sheets, from the first row that is open on.
async function signSheets(before, all) {
  let [count] = before;
  const rows = signers();
  await rows.first().waitFor(); // it opens where one is open
  const paper = count < year.paper;
  step("head");
  await page.getByLabel("Số phiếu giấy").fill(paper ? "1" : "");
  await page.getByLabel("Ngày ký").fill(year.date);
  await rows.first().focus();
  const end = paper ? year.paper : all - year.pens;
  while (count < end) {
    const row = await ready();
    if (!row) {
      faults.push(`after ${count} rows none is ready`);
      await rows.first().focus();
      continue;
    }
    await signRow(row, ++count);
  }
}

// In the form of one household; the trace is drawn by hand.
async function signByPen() {
  await fill(year.pen);
  step("pen");
  const pad = page.getByRole("img", { name: "Ô ký tên" });
  await pad.scrollIntoViewIfNeeded();
  const box = await pad.boundingBox();
  await page.mouse.move(box.x + 40, box.y + 100);
  await page.mouse.down();
  for (let at = 1; at <= 8; at++) {
    await page.mouse.move(box.x + 40 + at * 25, box.y + 100 + (at % 2 ? -40 : 30));
  }
  await page.mouse.up();
  await save("Lưu", title(/^Bản cam kết/));
  tell({ saved: "pen" });
}

async function signatures() {
  await tab("Cần làm");
  await page.getByRole("link", { name: "Mở phiếu ký" }).waitFor();
  const begun = page.getByRole("listitem").filter({ hasText: "Đang ghi dở: Bản cam kết" });
  for (;;) {
    await tab("Ký cam kết");
    const [count, all] = await tally();
    if (count >= year.signatures) {
      return;
    }
    if (count < year.signatures - year.pens) {
      await signSheets([count], year.signatures);
      continue;
    }
    await tab("Cần làm");
    await page.getByRole("link", { name: "Mở phiếu ký" }).waitFor();
    if ((await begun.count()) > 0) {
      await begun.first().getByRole("link", { name: "Ghi tiếp" }).click();
      await title(/^Ghi mới/).waitFor();
    } else {
      await tab("Ký cam kết");
      await signers().first().waitFor(); // it opens where one is open
      await button("Ký bằng bút").first().click();
    }
    await signByPen();
  }
}

// ---- the rest of the year ----

async function split() {
  const open = await begin("Hộ gia đình", () => listed("Hộ gia đình", year.split.texts[0][1]), async () => {
    await tab("Hộ");
    await page.getByRole("link", { name: year.split_from, exact: true }).click();
    await page.getByRole("link", { name: "Tách hộ" }).click();
  });
  if (open) {
    await fill({ texts: year.split.texts });
    await save("Lưu", title(/^Hộ gia đình/));
  }
}

async function evaluation() {
  await tab("Đánh giá");
  await button("Lưu bản tự đánh giá").waitFor();
  if ((await page.getByRole("link", { name: "Xem bản đã ghi" }).count()) > 0) {
    return;
  }
  for (const [id, label] of Object.entries(year.answers)) {
    step(id);
    await page.getByRole("region", { name: new RegExp(`^${id.replace(/dd$/, "đ").replaceAll(".", "\\.")} `) }).getByRole("radio", { name: label, exact: true }).check();
  }
  const trend = page.getByRole("region", { name: /^4\.4\.a / });
  for (const [label, value] of year.trend) {
    step(label);
    await trend.getByLabel(label).fill(value);
  }
  await fill(year.evaluation);
  await save("Lưu bản tự đánh giá", page.getByRole("link", { name: "Xem bản đã ghi" }));
}

async function minutes() {
  const open = await begin("Biên bản họp", () => listed("Biên bản họp", "Khu dân cư"), async () => {
    await tab("Biên bản");
    await page.getByRole("link", { name: "Ghi biên bản mới" }).click();
  });
  if (open) {
    await fill(year.minutes);
    await save("Lưu", title(/^Biên bản họp/));
  }
}

async function file() {
  await tab("Máy này");
  step("file");
  const [made] = await Promise.all([page.waitForEvent("download"), button("Ghi tệp cho huyện").click()]);
  await made.saveAs(join(folder, "year.hmb"));
}

const acts = { registration, signatures, split, evaluation, minutes, file };
for (const [name, act] of Object.entries(acts)) {
  if (!done.includes(name)) {
    await does(act);
    tell({ saved: name });
  }
}
await rise({ done: true });
