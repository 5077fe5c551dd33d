// SPDX-License-Identifier: Apache-2.0
// drafts.mjs ADDRESS FOLDER STEP KIND... - what was typed into the forms of these kinds, which
// FOLDER/kinds.json describes. STEP:
//   write  types into every field, says what stands in each, and waits for whoever ends it
//   read   goes on with each form that was begun, says what stands there, and drops it
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sit } from "./member.mjs";

const [address, folder, step, ...names] = process.argv.slice(2);
const kinds = JSON.parse(readFileSync(join(folder, "kinds.json"), "utf8")).filter((kind) => names.includes(kind.kind));
const PICKED = { household: "Hộ Một", model: "Tiếng loa" };
const { page, tab, does, rise } = await sit(address, folder);
const typed = { date: "15/02/2026", partial_date: "02/2026", integer: "7" };

// Said to be on disk, with this value in it.
const kept = (field, value) => page.waitForResponse((reply) => reply.url().endsWith("/api/draft") && reply.ok() &&
  JSON.parse(reply.request().postData()).form[field.name] === value);
const labelOf = (field) => field.label.vi;

// What stands in a field, whatever it is made of.
function stands(id) {
  return page.evaluate((id) => {
    const group = document.querySelector(`[aria-labelledby="${id}-label"]`);
    const at = document.getElementById(id);
    const inside = (one) => [...one.querySelectorAll("input, select, textarea")].map((each) => (each.matches("[type=radio], [type=checkbox]") ? each.checked : each.value));
    if (group) {
      return JSON.stringify(inside(group));
    }
    if (at.tagName === "CANVAS") {
      return at.toDataURL() === Object.assign(document.createElement("canvas"), { width: at.width, height: at.height }).toDataURL() ? "" : "drawn";
    }
    const picked = [...document.querySelectorAll(`.picked[id^="${id}"] > span`)].map((one) => one.textContent);
    return picked.length > 0 ? picked.join("; ") : "value" in at ? at.value : JSON.stringify(inside(at));
  }, id);
}

async function draw(id) {
  const pad = page.locator("#" + id);
  await pad.scrollIntoViewIfNeeded();
  const box = await pad.boundingBox();
  await page.mouse.move(box.x + 40, box.y + 100);
  await page.mouse.down();
  for (let at = 1; at <= 8; at++) {
    await page.mouse.move(box.x + 40 + at * 25, box.y + 100 + (at % 2 ? -40 : 30));
  }
  await page.mouse.up();
}

async function pick(id, kind) {
  if (PICKED[kind]) {
    await page.locator("#" + id).fill(PICKED[kind]);
    await page.getByRole("button", { name: new RegExp("^" + PICKED[kind]) }).first().click();
  }
}

async function fill(field, id) {
  const at = page.locator("#" + id);
  const item = field.item || {};
  if (field.type === "strokes") {
    await draw(id);
  } else if (field.type === "ref" || item.type === "ref") {
    await pick(id, field.refers || item.refers);
  } else if (field.type === "list" && item.members) {
    await at.getByRole("button", { name: "Thêm dòng" }).click();
    const row = (await at.getByRole("group").count()) - 1;
    for (const member of item.members) {
      await fill(member, `${id}-${row}-${member.name}`);
    }
  } else if (["enum", "boolean", "set"].includes(field.type)) {
    const group = page.locator(`[aria-labelledby="${id}-label"]`);
    await ((await group.count()) > 0 ? group.locator("input").first().check() : at.selectOption({ index: 2 }));
  } else {
    const text = typed[field.type] || (field.type === "list" ? "Dòng một\nDòng hai" : `Dở ${field.name} Đặng`);
    await at.fill(text.slice(0, field.max && field.type === "text" ? field.max : undefined));
  }
}

// The fields that a member fills in, and what stands in each once all names were fetched.
async function formOf(kind) {
  await page.waitForFunction(() => [...document.querySelectorAll(".picked > span")].every((one) => one.textContent !== "…"));
  const fields = kind.fields.filter((field) => field.may !== false);
  return Object.fromEntries(await Promise.all(fields.map(async (field) => [labelOf(field), await stands("f-" + field.name)])));
}

async function write() {
  for (const kind of kinds) {
    await tab("Sổ");
    await page.getByRole("list", { name: "Loại phiếu" }).getByRole("link", { name: kind.label.vi, exact: true }).click();
    await page.getByRole("link", { name: "Ghi mới: " + kind.label.vi }).click();
    await page.getByRole("button", { name: "Lưu", exact: true }).waitFor();
    const fields = kind.fields.filter((field) => field.may !== false);
    for (const field of fields) {
      await fill(field, "f-" + field.name);
    }
    const last = fields.find((field) => field.type === "text" && !field.key) || fields.find((field) => field.type === "integer");
    const value = last.type === "text" ? "Cuối" : "9";
    await Promise.all([kept(last, value), page.locator("#f-" + last.name).fill(value).then(() => page.keyboard.press("Tab"))]);
    console.log(JSON.stringify({ kind: kind.kind, stands: await formOf(kind) }));
  }
  await new Promise(() => {});
}

async function read() {
  const found = {};
  for (const kind of kinds) {
    await tab("Cần làm");
    await page.getByRole("listitem").filter({ hasText: new RegExp(`Đang ghi dở: ${kind.label.vi}(?! )`) }).getByRole("link", { name: "Ghi tiếp" }).click();
    await page.getByRole("button", { name: "Lưu", exact: true }).waitFor();
    found[kind.kind] = await formOf(kind);
    await page.getByRole("button", { name: "Bỏ", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "Cần làm" }).waitFor();
  }
  return { found };
}

await rise(await does({ write, read }[step]));
