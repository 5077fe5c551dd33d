// SPDX-License-Identifier: Apache-2.0
// page.mjs ADDRESS FOLDER STEP - what a member does in the browser, found by visible labels
// and roles alone; pictures go to FOLDER. Prints what was typed as one line of JSON. STEP:
//   work    signs for four households, enters one with a mistake first, leaves a draft
//   resume  finds the draft where it was left, and finishes it
import { sit } from "./member.mjs";

const [address, folder, step] = process.argv.slice(2);
const { page, faults, look, tab, does, rise } = await sit(address, folder);

async function sheet() {
  await tab("Ký cam kết");
  const rows = page.getByLabel(/^Người ký của hộ/);
  await rows.first().waitFor();
  const signed = [];
  await rows.first().focus();
  for (let at = 0; at < 4; at++) {
    signed.push(await page.locator(":focus").inputValue());
    await page.keyboard.press("Enter");
    await page.getByText(`${at + 1} hộ đã ký trên`).waitFor();
    const next = page.locator(":focus");
    if (!(await next.getAttribute("aria-label"))?.startsWith("Người ký của hộ")) {
      faults.push(`after row ${at + 1} the next one is not ready`);
    }
  }
  await look("sheet");
  return signed;
}

async function household() {
  await tab("Hộ");
  await page.getByRole("link", { name: "Ghi hộ mới" }).click();
  await page.getByLabel("Họ và tên chủ hộ").fill("TRẦN THỊ BẢY");
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByText("không được để trống").waitFor();
  await look("mistake");
  await page.getByLabel(/^Địa chỉ/).fill("Tổ 9 <b>sau chợ</b>");
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByRole("heading", { name: /TRẦN THỊ BẢY/ }).waitFor();
  await page.getByRole("button", { name: "Viết lại: Trần Thị Bảy" }).click();
  await page.getByRole("heading", { name: /Trần Thị Bảy/ }).waitFor();
  await look("record");
}

async function draft() {
  await tab("Hộ");
  await page.getByRole("link", { name: "Ghi hộ mới" }).click();
  await page.getByLabel("Họ và tên chủ hộ").fill("Lê Văn Dở");
  await page.getByLabel(/^Địa chỉ/).focus();
  await page.getByText("Nháp đã giữ trên máy").waitFor();
}

async function work() {
  await page.getByText("hộ, chưa hộ nào").waitFor();
  await look("todo");
  const signed = await sheet();
  await household();
  await tab("Sổ");
  await page.getByRole("link", { name: "Trần Thị Bảy" }).waitFor();
  await look("book");
  await tab("Máy này");
  await page.getByText("Biên nhận của huyện").waitFor();
  await look("machine");
  await draft();
  return { signed, households: ["Trần Thị Bảy"] };
}

async function resume() {
  await page.getByText("Đang ghi dở").waitFor();
  await page.getByRole("link", { name: "Ghi tiếp" }).click();
  await page.getByLabel(/^Địa chỉ/).fill("Tổ 10");
  if ((await page.getByLabel("Họ và tên chủ hộ").inputValue()) !== "Lê Văn Dở") {
    faults.push("the draft is not as it was left");
  }
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByRole("heading", { name: /Lê Văn Dở/ }).waitFor();
  return { signed: [], households: ["Lê Văn Dở"] };
}

await rise(await does({ work, resume }[step]));
