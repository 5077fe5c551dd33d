// SPDX-License-Identifier: Apache-2.0
// shared.mjs ADDRESS FOLDER STEP - three people at one laptop (member.mjs). STEP:
//   members  passphrases are set, guessed, forgotten; each one's entry is his
//   idle     a form that locks in its middle, by itself and by hand, and goes on
import { sit } from "./member.mjs";

const [address, folder, step] = process.argv.slice(2);
const { page, faults, look, tab, does, rise } = await sit(address, folder);
const NAMES = ["Laptop B", "Trần Thị Tư", "Lê Văn Năm"];
const SECRETS = ["bốn con gà mái", "cây đa đầu đình", "sông Hậu mùa nước"];

const door = () => page.getByRole("heading", { name: "Ai đang ngồi máy?" }).waitFor();
const press = (name) => page.getByRole("button", { name, exact: true }).click();
const choose = (name) => page.getByRole("button", { name: new RegExp("^" + name) }).click();
const ready = (field) => field.and(page.locator(":focus"));
const head = () => page.getByLabel("Họ và tên chủ hộ");
const home = () => page.getByLabel(/^Địa chỉ/);

// By keyboard alone: who chose his name can type at once.
async function enter(name, secret) {
  await ready(page.getByLabel("Mật khẩu của " + name)).waitFor();
  await page.keyboard.type(secret);
  await page.keyboard.press("Enter");
}

async function lock(name) {
  await press("Khóa · " + name);
  await door();
}

// ---- passphrases ----

async function type(secret, again = secret) {
  await page.getByLabel("Mật khẩu mới", { exact: true }).fill(secret);
  await page.getByLabel("Gõ lại mật khẩu mới").fill(again);
  await press("Đặt mật khẩu");
}

async function mistakes() {
  await press("Đặt mật khẩu");
  await page.getByText("Chưa gõ mật khẩu").waitFor();
  await type(SECRETS[1], SECRETS[2]);
  await page.getByText("không giống nhau").waitFor();
  await look("passphrase-mistake");
  await type("ngắn");
  await page.getByText("ít nhất 8 chữ").waitFor();
}

async function open(name) {
  await tab("Hộ");
  await page.getByRole("link", { name: "Ghi hộ mới" }).click();
  await head().fill(name);
}

async function work(at) {
  await choose(NAMES[at]);
  await tab("Máy này");
  if (at === 1) {
    await mistakes();
  }
  await type(SECRETS[at]);
  await page.getByText("Đã đổi mật khẩu").waitFor();
  await open("Hộ của " + NAMES[at]);
  await home().fill("Tổ 1");
  await press("Lưu");
  await page.getByRole("heading", { name: new RegExp("Hộ của " + NAMES[at]) }).waitFor();
  await lock(NAMES[at]);
}

// Guesses until one has to wait; how often.
async function guess(name) {
  await choose(name);
  for (let tried = 1; ; tried++) {
    await enter(name, "đoán lần " + tried);
    await page.getByRole("button", { name: "Vào", exact: true }).waitFor();
    await page.getByText(/^(Mật khẩu không đúng|Đã gõ sai nhiều lần)/).waitFor();
    if (await page.getByText(/^Đã gõ sai nhiều lần/).isVisible()) {
      return tried;
    }
    if (tried === 1) {
      await look("wrong-passphrase");
    }
  }
}

async function members() {
  await door();
  await look("sign-in");
  for (const at of NAMES.keys()) {
    await work(at);
  }
  await look("locked");
  const tried = await guess(NAMES[2]);
  await look("must-wait");
  await choose(NAMES[0]);
  await enter(NAMES[0], SECRETS[0]);
  await tab("Máy này");
  await look("passphrase");
  await press("Xóa mật khẩu của " + NAMES[2]);
  await look("forgotten");
  await press("Đúng, xóa mật khẩu của " + NAMES[2]);
  await page.getByText(NAMES[2] + " không còn mật khẩu").waitFor();
  await lock(NAMES[0]);
  await choose(NAMES[2]);
  await page.getByRole("navigation").waitFor();
  return { tried, households: NAMES.map((name) => "Hộ của " + name) };
}

// ---- the lock ----

async function isAsTyped(number) {
  const found = [await head().inputValue(), await home().inputValue()].join();
  if (found !== `Nguyễn Văn Dở ${number},Tổ ${number}`) {
    faults.push(`form ${number} after the lock: ${found}`);
  }
}

// A form is begun, and locks before the last words were kept; the same member is back.
async function interrupted(number, locks) {
  await open("Nguyễn Văn Dở " + number);
  await home().focus();
  await page.keyboard.type("Tổ " + number);
  await locks(NAMES[1]);
  if (await head().isVisible() || await page.getByRole("navigation").isVisible()) {
    faults.push("something is seen behind the lock");
  }
  if (number === 1) {
    await look("locked-form");
  }
  await enter(NAMES[1], SECRETS[1]);
  await head().waitFor();
  await isAsTyped(number);
}

async function other() {
  await choose(NAMES[2]);
  await page.getByRole("navigation").waitFor();
  if ((await page.content()).includes("Nguyễn Văn Dở 3")) {
    faults.push("another member sees what was being typed");
  }
  await lock(NAMES[2]);
}

async function idle() {
  await door();
  await choose(NAMES[1]);
  await enter(NAMES[1], SECRETS[1]);
  await interrupted(1, door);
  await ready(home()).waitFor(); // what was typed in can be typed in again
  await page.keyboard.press("Control+Enter");
  await page.getByRole("heading", { name: /Nguyễn Văn Dở 1/ }).waitFor();
  await interrupted(2, lock);
  await press("Lưu");
  await page.getByRole("heading", { name: /Nguyễn Văn Dở 2/ }).waitFor();
  await interrupted(3, door);
  await lock(NAMES[1]);
  await other();
  await choose(NAMES[1]);
  await enter(NAMES[1], SECRETS[1]);
  await tab("Cần làm");
  await page.getByRole("link", { name: "Ghi tiếp" }).click();
  await head().waitFor();
  await isAsTyped(3);
  return { locks: 4, households: ["Nguyễn Văn Dở 1", "Nguyễn Văn Dở 2"] };
}

await rise(await does({ members, idle }[step]));
