// SPDX-License-Identifier: Apache-2.0
// typing.mjs ADDRESS FOLDER STEP - Vietnamese as input methods type it, into fields that search,
// judge and keep drafts meanwhile; prints what was typed. STEP:
//   styles  every kind of field, in both ways, with the methods in turn
//     retyped   UniKey and its like: a key more, or Backspaces and the letters again with marks
//     composed  ibus, fcitx, Windows' own: a composition, which is committed with its word
//   sheet   25 rows of the signature sheet without a mouse, and how many keys were pressed
import { sit } from "./member.mjs";

const [address, folder, step] = process.argv.slice(2);
const { page, faults, look, tab, does, rise } = await sit(address, folder);
const cdp = await page.context().newCDPSession(page);
const ROWS = 25;
const BY_OTHERS = 5; // of them, a row each: not the head signs

// ---- input methods ----

const SHAPES = /[\u0302\u0306\u031b]/;
const TONES = /[\u0300\u0301\u0303\u0309\u0323]/;

// A letter without its marks, and with its shape alone: o, ơ. The tone is the word's.
function letter(char) {
  const marks = [...char.normalize("NFD")];
  const shaped = marks.filter((one) => !TONES.test(one)).join("").normalize("NFC");
  const bare = marks.filter((one) => !TONES.test(one) && !SHAPES.test(one)).join("");
  return [bare.replace("đ", "d").replace("Đ", "D"), shaped];
}

// What stands there after each key. Telex marks a letter where it is typed, VNI at the word's end.
function states(word, method) {
  const letters = [...word].map(letter);
  const found = [];
  let now = "";
  for (const [bare, shaped] of letters) {
    found.push((now += bare));
    if (method === "Telex" && shaped !== bare) {
      found.push((now = now.slice(0, -1) + shaped));
    }
  }
  for (const [at, [, shaped]] of letters.entries()) {
    if (now[at] !== shaped) {
      found.push((now = now.slice(0, at) + shaped + now.slice(at + 1)));
    }
  }
  return now === word ? found : [...found, word];
}

// A key as an input method sends it: of no key of the keyboard, with a text of its own.
async function send(text) {
  await cdp.send("Input.dispatchKeyEvent", { type: "keyDown", windowsVirtualKeyCode: 231, key: text, text });
  await cdp.send("Input.dispatchKeyEvent", { type: "keyUp", windowsVirtualKeyCode: 231, key: text });
}

async function retyped(word, method, during) {
  let stood = "";
  for (const [at, next] of states(word, method).entries()) {
    const same = [...next].findIndex((char, place) => char !== stood[place]);
    for (let erased = stood.length; erased > same; erased--) {
      await page.keyboard.press("Backspace");
    }
    for (const char of next.slice(same)) {
      await send(char);
    }
    stood = next;
    await (at === 1 && during?.());
  }
}

// The method has the key; the page hears that something is going on.
const process229 = (key) => cdp.send("Input.dispatchKeyEvent", { type: "rawKeyDown", windowsVirtualKeyCode: 229, key });

async function composed(word, method, during) {
  for (const [at, text] of states(word, method).entries()) {
    await process229("Process");
    await cdp.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
    await (at === 1 && during?.());
  }
  await process229("Enter"); // it ends the word, and nothing else
  await cdp.send("Input.insertText", { text: word });
}

const styles = [retyped, composed].flatMap((way) => ["Telex", "VNI"].map((method) => ({ way, method, name: way.name + " " + method })));
const pairs = [styles.slice(0, 2), styles.slice(2)]; // of each way, both methods

// `during` happens in the middle of the second word.
async function type(text, { way, method }, during) {
  const words = text.normalize("NFC").split(" ");
  for (const [at, word] of words.entries()) {
    await way(word, method, at === 1 ? during : undefined);
    if (at < words.length - 1) {
      await page.keyboard.press("Space");
    }
  }
}

async function typeInto(field, text, style, during) {
  await field.focus();
  await type(text, style, during);
  const found = await field.inputValue();
  if (found !== text) {
    faults.push(`${style.name}: ${found} stands where ${text} was typed`);
  }
}

// ---- fields ----

const drafted = () => page.getByText("Nháp đã giữ trên máy").waitFor();
const save = () => page.keyboard.press("Control+Enter");
const follow = (name) => page.getByRole("link", { name, exact: true }).click();

// A line, a line that warns while it is typed, another record by its name, and the list's search.
async function household(style, { head, home }, during) {
  await tab("Hộ");
  await follow("Ghi hộ mới");
  await typeInto(page.getByLabel("Họ và tên chủ hộ"), head, style, () => page.getByText("Trong sổ đã có tên gần giống").waitFor());
  const found = page.getByRole("button", { name: /^Đỗ Thị Bưởi/ });
  await typeInto(page.getByLabel("Tách từ hộ"), "Đỗ Thị Bưởi", style, () => found.waitFor());
  await found.click();
  await typeInto(page.getByLabel(/^Địa chỉ/), home, style, during);
  await save();
  await page.getByRole("heading", { name: head }).waitFor();
  await tab("Hộ");
  await typeInto(page.getByLabel("Tìm"), head, style, () => page.getByRole("cell").first().waitFor());
  await page.getByRole("row", { name: head }).and(page.getByRole("row").last()).waitFor();
}

// The sheet's search, which leaves one row, and the row.
async function row(style, { head, signer }, during) {
  await tab("Ký cam kết");
  await typeInto(page.getByLabel("Tìm"), head, style);
  const field = page.getByLabel("Người ký của hộ " + head);
  await field.and(page.getByRole("row").nth(1).getByRole("textbox")).waitFor();
  await typeInto(field, signer, style, during);
  await page.keyboard.press("Enter");
  await page.getByText(head + " đã ký").waitFor();
}

// What stands beside a criterion, whose verdict comes while it is typed.
async function evidence(style, { id, said }) {
  await tab("Đánh giá");
  const criterion = page.getByRole("region", { name: new RegExp(`^${id.replaceAll(".", "\\.")} `) });
  await criterion.getByLabel("Không xảy ra").check();
  await typeInto(criterion.getByLabel(/^Minh chứng/), said, style, () => criterion.getByText("đạt", { exact: true }).waitFor());
}

// Several lines, each ended by Enter.
async function minutes(style, { chair, opinions }, during) {
  await tab("Biên bản");
  await follow("Ghi biên bản mới");
  await typeInto(page.getByLabel(/^Chủ trì/), chair, style);
  const field = page.getByLabel(/^Ý kiến \(/);
  await field.focus();
  await type(opinions[0], style);
  await page.keyboard.press("Enter");
  await type(opinions[1], style, during);
  if ((await field.inputValue()) !== opinions.join("\n")) {
    faults.push(`${style.name}: ${await field.inputValue()} stands in several lines`);
  }
  await page.getByLabel(/^Địa điểm/).fill("Nhà văn hóa ấp");
  await page.getByLabel("Đề nghị công nhận", { exact: true }).check();
  await save();
  await page.getByRole("heading", { name: /^Biên bản họp/ }).waitFor();
}

const HEADS = ["Nguyễn Đức Tưởng", "Nguyễn Văn Thuở"];
const SIGNERS = ["Đặng Thị Ướm", "Huỳnh Văn Quyền", "Trương Thị Đượm", "Võ Hoàng Yến"];

async function typeAll() {
  const typed = [];
  for (const [at, pair] of pairs.entries()) {
    const one = { style: pair[0].way.name, head: HEADS[at], home: "Đường số 3, ấp Thạnh Phước Đông", signer: SIGNERS[at],
      id: ["4.3.a", "4.3.b"][at], said: "Nghị quyết được thông qua", chair: "Trần Quốc Thưởng " + "AB"[at],
      opinions: ["Bà con nhất trí", "Giữ đèn đường thật sáng"] };
    for (const [turn, act] of [household, row, minutes, evidence].entries()) {
      await act(pair[(turn + at) % 2], one, turn < 3 ? drafted : undefined); // a draft is kept amid a word
    }
    typed.push(one);
  }
  await page.getByRole("button", { name: "Lưu bản tự đánh giá" }).click();
  await page.getByRole("link", { name: "Xem bản đã ghi" }).waitFor();
  return { typed };
}

// ---- the sheet without a mouse ----

const ready = (after) => page.waitForFunction((last) => {
  const label = document.activeElement.getAttribute("aria-label") || "";
  return label.startsWith("Người ký của hộ") && label !== last && label;
}, after).then((found) => found.jsonValue());

// From the screen's opening on: keys that type a name are text, all others are counted.
async function sheet() {
  await tab("Ký cam kết");
  const others = {};
  let pressed = 0;
  let last = await ready("");
  for (let at = 0; at < ROWS; at++) {
    if (at % BY_OTHERS === 3) {
      others[last.replace("Người ký của hộ ", "")] = SIGNERS[at % 4];
      await type(SIGNERS[at % 4], styles[at % 4]);
    }
    await page.keyboard.press("Enter");
    pressed++;
    last = await ready(last);
  }
  await page.getByText(`${ROWS} hộ đã ký trên`).waitFor();
  await look("sheet-typed");
  return { others, rows: ROWS, pressed };
}

await rise(await does({ styles: typeAll, sheet }[step]));
