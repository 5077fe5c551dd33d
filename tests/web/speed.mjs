// SPDX-License-Identifier: Apache-2.0
// speed.mjs ADDRESS FOLDER PROCESS MOST - what each kind of action costs until the page has
// answered: processor time of hamletd (whose id PROCESS is) and of the page, which a program
// beside them changes less than the time on the clock, told as well. Of several tries the least.
//
// A processor that is shared is slow at times, for other work as well: `fair` is what an action
// costs on a machine that does a fixed piece of work, done before and after it, in YARD_MS. What
// shares it comes and goes within an action, too, and only ever adds to its cost: an action that
// seems to cost more than MOST is tried some more.
import { readFileSync, readdirSync } from "node:fs";
import { sit } from "./member.mjs";

const [address, folder, pid, most] = process.argv.slice(2);
const { page, faults, tab, does, rise } = await sit(address, folder);
const cdp = await page.context().newCDPSession(page);
await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
const TRIES = 5;
const TRIES_MOST = 25;
const YARD_MS = 11; // median of a machine with two cores of 2026 that did nothing else
const SLOWER = 2; // a machine that is slower than that by more is none to measure on

// The fixed piece of work: as in an action rows are read, put in order, found and written.
const rows = JSON.stringify(Array.from({ length: 2000 }, (_, n) => ({ id: String(n).padStart(32, "0"), head_name: "Nguyễn Văn " + n, address_text: `Số ${n}, Ấp 1` })));
function yard_ms() {
  const began = process.cpuUsage();
  for (let turn = 0; turn < 8; turn++) {
    const read = JSON.parse(rows).sort((a, b) => (a.head_name < b.head_name ? -1 : 1));
    JSON.stringify(new Map(read.map((row) => [row.id, row])).get(read[turn].id));
  }
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000;
}
for (let warm = 0; warm < 30; warm++) yard_ms();

// All threads of hamletd, and the page's own.
function daemon_ms() {
  const folder = `/proc/${pid}/task`;
  return readdirSync(folder).reduce((sum, one) => sum + Number(readFileSync(`${folder}/${one}/schedstat`, "utf8").split(" ")[0]), 0) / 1e6;
}

async function page_ms() {
  const { metrics } = await cdp.send("Performance.getMetrics");
  return metrics.find((one) => one.name === "TaskDuration").value * 1000;
}

const found = {};
async function measure(name, act, before = async () => {}) {
  const tries = [];
  const seems_slow = () => tries.every((one) => one.fair > Number(most));
  for (let at = 0; at < TRIES || (at < TRIES_MOST && seems_slow()); at++) {
    await before(at);
    const yard = yard_ms();
    const [own, theirs, began] = [await page_ms(), daemon_ms(), performance.now()];
    await act(at);
    const clock = performance.now() - began;
    const [daemon, page] = [daemon_ms() - theirs, (await page_ms()) - own];
    const slow = (yard + yard_ms()) / 2 / YARD_MS;
    tries.push({ clock, daemon, page, slow, fair: (daemon + page) / Math.min(SLOWER, Math.max(1, slow)) });
  }
  const least = (of) => Math.round(Math.min(...tries.map(of)));
  found[name] = { daemon_ms: least((one) => one.daemon), page_ms: least((one) => one.page),
    clock_ms: least((one) => one.clock), tries: tries.length, slow: Number(Math.min(...tries.map((one) => one.slow)).toFixed(1)),
    fair_ms: least((one) => one.fair) };
}

const button = (name) => page.getByRole("button", { name, exact: true });
const tally = page.getByText(/^[\d.]+ hộ đã ký trên/);
const signed = async () => Number((await tally.textContent()).match(/^[\d.]+/)[0].replaceAll(".", ""));
const shown = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, ".");
const cells = () => page.getByRole("cell").getByRole("link").first();

const tabs = {
  "Cần làm": () => page.getByRole("link", { name: "Mở phiếu ký" }).waitFor(),
  "Ký cam kết": () => tally.waitFor(),
  "Hộ": () => cells().waitFor(),
  "Đánh giá": () => button("Lưu bản tự đánh giá").waitFor(),
  "Biên bản": () => page.getByText("Chưa có").waitFor(),
  "Hoạt động": () => page.getByText("Chưa có").waitFor(),
  "Sổ": () => cells().waitFor(),
  "Máy này": () => page.getByText("Biên nhận của huyện").waitFor(),
};

async function all() {
  for (const [name, there] of Object.entries(tabs)) {
    await measure("tab " + name, async () => {
      await tab(name);
      await there();
    }, async () => { // what the tab before it asked is no cost of this one
      const before = name === "Máy này" ? "Cần làm" : "Máy này";
      await tab(before);
      await tabs[before]();
    });
  }
  await tab("Hộ");
  await cells().waitFor();
  await measure("search", async (at) => {
    await page.getByLabel("Tìm").fill(`van 01${at % 10}7`);
    await page.getByRole("link", { name: `Nguyễn Văn 01${at % 10}7` }).and(cells()).waitFor();
  });
  await tab("Ký cam kết");
  await tabs["Ký cam kết"]();
  let count = await signed();
  await measure("a row signed", async () => {
    await page.keyboard.press("Enter");
    await tally.and(page.getByText(shown(++count) + " hộ")).waitFor();
  }, () => page.waitForFunction(() => document.activeElement.tagName === "INPUT"));
  await measure("a search on the sheet", async (at) => {
    await page.getByLabel("Tìm").fill(`van 02${at % 10}7`);
    await page.getByRole("row").nth(1).getByText(`Nguyễn Văn 02${at % 10}7`).waitFor();
  });
  await measure("a form saved", async () => {
    await button("Lưu").click();
    await page.getByRole("link", { name: "Tách hộ" }).waitFor();
  }, async (at) => {
    await tab("Hộ");
    await page.getByRole("link", { name: "Ghi hộ mới" }).click();
    await page.getByLabel("Họ và tên chủ hộ").fill("Trần Văn " + String.fromCharCode("A".charCodeAt(0) + at));
    await page.getByLabel(/^Địa chỉ/).fill("Tổ 1");
  });
  await tab("Đánh giá");
  const one = page.getByRole("region", { name: /^4\.1\.a / });
  const answers = [["Đạt", "đạt"], ["Không đạt", "chưa đạt"]];
  await measure("a criterion answered", async (at) => {
    const [answer, verdict] = answers[at % 2];
    await one.getByLabel(answer, { exact: true }).check();
    await one.getByText(verdict, { exact: true }).waitFor();
  });
  return found;
}

await rise({ found: await does(all) });
