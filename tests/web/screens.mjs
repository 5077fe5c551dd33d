// SPDX-License-Identifier: Apache-2.0
// screens.mjs ADDRESS FOLDER - every screen with the data of a hamlet, at the sizes that
// laptops have and with letters of twice the size: nothing is cut off at the side, and a
// machine that reads finds its way (WCAG 2.2 AA, as far as axe judges it).
import { sit } from "./member.mjs";

const [address, folder] = process.argv.slice(2);
const { page, faults, look, tab, does, rise } = await sit(address, folder);

// 200 % of 1366×768 is a page of half as many pixels each way (WCAG 1.4.4, 1.4.10).
const sizes = { "1366x768": [1366, 768], "1024x600": [1024, 600], "200-percent": [683, 384] };

const heading = (name) => page.getByRole("heading", { level: 1, name }).waitFor();
const follow = (name) => page.getByRole("link", { name, exact: true }).first().click();
const firstCell = () => page.getByRole("cell").getByRole("link").first();

const screens = {
  async todo() {
    await tab("Cần làm");
    await page.getByText("Đang ghi dở").waitFor();
  },
  async conflicts() {
    await tab("Cần làm");
    await page.getByRole("listitem").filter({ hasText: "hai người ghi khác nhau" }).getByRole("link", { name: "Xem" }).click();
    await page.getByRole("button", { name: /^Tổ/ }).first().waitFor();
  },
  async sheet() {
    await tab("Ký cam kết");
    await page.getByText(/hộ đã ký trên \d/).waitFor();
  },
  async "sheet-print"() {
    await page.getByRole("link", { name: "In phiếu này" }).click();
    await page.getByRole("img", { name: "Mã QR của tờ này" }).first().waitFor();
  },
  async households() {
    await tab("Hộ");
    await firstCell().waitFor();
  },
  async household() {
    await firstCell().click();
    await page.getByRole("link", { name: "Tách hộ" }).waitFor();
    await page.getByRole("listitem").first().waitFor();
  },
  async split() {
    await follow("Tách hộ");
    await page.getByLabel("Họ và tên chủ hộ").waitFor();
  },
  async pen() {
    await tab("Hộ");
    await firstCell().click();
    await follow("Ghi ký cam kết");
    await page.getByRole("img", { name: "Ô ký tên" }).waitFor();
  },
  async evaluation() {
    await tab("Đánh giá");
    await page.getByRole("button", { name: "Lưu bản tự đánh giá" }).waitFor();
  },
  async "minutes-list"() {
    await tab("Biên bản");
    await firstCell().waitFor();
  },
  async minutes() {
    await follow("Ghi biên bản mới");
    await page.getByLabel(/^Chủ trì/).waitFor();
  },
  async activities() {
    await tab("Hoạt động");
    await page.getByRole("search").or(page.getByLabel("Tìm")).first().waitFor();
  },
  async book() {
    await tab("Sổ");
    await firstCell().waitFor();
  },
  async commitments() {
    await tab("Sổ");
    await follow("Bản cam kết");
    await heading("Bản cam kết");
    await firstCell().waitFor();
  },
  async commitment() {
    await firstCell().click();
    await page.getByRole("link", { name: "In", exact: true }).waitFor();
  },
  async machine() {
    await tab("Máy này");
    await page.getByText("Biên nhận của huyện").waitFor();
  },
};

// What is wider than the page is in a box of its own that scrolls.
async function fits(name) {
  const wider = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const cut = [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > width + 1 && !one.closest(".scroll, .papers, .skip"));
    return document.documentElement.scrollWidth > width ? cut.slice(0, 3).map((one) => one.outerHTML.slice(0, 120)) : null;
  });
  if (wider) {
    faults.push(`${name}: wider than the page: ${wider.join(" ")}`);
  }
}

async function draft() {
  await tab("Hộ");
  await follow("Ghi hộ mới");
  await page.getByLabel("Họ và tên chủ hộ").fill("Lê Văn Dở");
  await page.getByLabel(/^Địa chỉ/).focus();
  await page.getByText("Nháp đã giữ trên máy").waitFor();
}

await does(draft);
for (const [size, [width, height]] of Object.entries(sizes)) {
  await page.setViewportSize({ width, height });
  for (const [name, act] of Object.entries(screens)) {
    await does(act);
    await look(`${name}-${size}`);
    await fits(`${name}-${size}`);
  }
}
await rise({ sizes: Object.keys(sizes).length });
