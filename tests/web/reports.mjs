// SPDX-License-Identifier: Apache-2.0
// reports.mjs ADDRESS FOLDER STEP - what a member reads of a year (member.mjs). STEP:
//   read    a figure, the records behind it, the years, a drawing and the table that says the same
//   prints  three reports as they leave the printer: FOLDER/report-NAME.pdf
//   files   a report as files, as they come into the folder for downloads
//   office  at the district: a report that goes on in the background, its records, its files
//   viewer  … and what somebody sees who may not see records, by keys alone
import { join } from "node:path";
import { keys } from "./keys.mjs";
import { sit } from "./member.mjs";

const [address, folder, step, name] = process.argv.slice(2);
const { page, faults, look, tab, does, rise } = await sit(address, folder);

const keyboard = keys(page);

async function show(report, from, to) {
  await tab("Báo cáo");
  await page.getByRole("link", { name: /^Xem năm/ }).first().click();
  await page.getByRole("link", { name: "Xem bản in" }).waitFor(); // of a first report, with a form of its own
  await page.getByLabel("Báo cáo", { exact: true }).selectOption({ label: report });
  await page.getByLabel("Từ năm").fill(from);
  await page.getByLabel("Năm, hoặc đến ngày").fill(to);
  await page.getByRole("button", { name: "Xem", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: report }).waitFor();
  await page.getByText(new RegExp(from ? `${from}.*${to}` : `năm ${to}`, "i")).first().waitFor();
}

// All four questions stand on the screen, and nothing of it lies below.
async function fits(name) {
  await page.evaluate(() => scrollTo(0, 0));
  const { panels, below } = await page.evaluate(() => ({ below: document.documentElement.scrollHeight - innerHeight,
    panels: [...document.querySelectorAll(".panel")].map((one) => one.getBoundingClientRect()).map(({ bottom, height }) => [bottom, height]) }));
  if (panels.length !== 4 || below > 0 || panels.some(([bottom, height]) => bottom > 768 || height < 60)) {
    faults.push(`${name}: ${panels.length} questions, ${below} px below the screen, ends at ${panels.map(([bottom]) => bottom)}`);
  }
}

// Every report of the list, as it stands on the screen of an old laptop.
async function each(prefix) {
  await show("Đăng ký", "", "2017");
  const names = await page.getByLabel("Báo cáo", { exact: true }).locator("option").allTextContents();
  for (const report of names) {
    await show(report, "2013", "2017");
    await fits(report);
    await page.screenshot({ path: join(folder, prefix + names.indexOf(report) + ".png") });
  }
  return names.length;
}

const figure = (label) => page.getByRole("row", { name: new RegExp("^" + label) }).first();

// What a chart draws, its table says.
async function twin() {
  await page.locator("details.twin summary").first().click();
  const table = page.locator("details.twin table").first();
  const drawn = await page.locator(".chart svg").first().locator("g").allTextContents();
  const said = await table.locator("tbody tr").allTextContents();
  if (said.length === 0 || !said.every((row) => drawn.some((one) => row.includes(one.slice(0, 20))))) {
    faults.push(`the table says ${said.slice(0, 3)} and the chart ${drawn.slice(0, 3)}`);
  }
  return said.length;
}

async function read() {
  await tab("Báo cáo");
  await page.getByText(/số liệu$/).first().waitFor();
  await look("reports");
  await show("Đăng ký", "", "2017");
  const text = await figure("Ấp, khóm có bản đăng ký").getByRole("link").textContent();
  await look("report-registration");
  const rows = await twin();
  await figure("Ấp, khóm có bản đăng ký").getByRole("link").click();
  await page.getByText("104 bản ghi").waitFor();
  await page.getByRole("button", { name: "Xem thêm" }).click();
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 100);
  await look("report-records");
  await page.getByRole("link", { name: "Về báo cáo" }).click();
  await page.getByRole("heading", { level: 1, name: "Đăng ký" }).waitFor();
  await show("Ký cam kết, đăng ký tham gia", "2013", "2017");
  await figure("Hộ ký cam kết, đăng ký, hằng năm").getByRole("button").click();
  await page.getByRole("img", { name: /hằng năm, từng năm$/ }).waitFor();
  await look("report-commitments");
  await show("Phân loại phong trào", "", "2017");
  await page.getByRole("img", { name: /phân loại theo đơn vị/ }).waitFor();
  await look("report-ratings");
  await show("Số liệu tổng hợp, so với kỳ trước", "", "2017");
  await figure("Phạm pháp hình sự").getByRole("button").click();
  await page.getByRole("img", { name: /kỳ này và kỳ trước$/ }).waitFor();
  await look("report-statistics");
  return { text, rows, fitted: await each("report-screen-") };
}

async function prints() {
  for (const [name, report, from] of [["registration", "Đăng ký", ""], ["commitments", "Ký cam kết, đăng ký tham gia", "2013"],
    ["ratings", "Phân loại phong trào", ""]]) {
    await show(report, from, "2017");
    await page.getByRole("link", { name: "Xem bản in" }).click();
    await page.getByRole("img", { name: "Mã QR của tờ này" }).waitFor();
    await look("report-paper-" + name);
    await page.pdf({ path: join(folder, `report-${name}.pdf`), preferCSSPageSize: true });
  }
  return {};
}

// Each file under the name that it came with.
async function files() {
  await show("Đăng ký", "", "2017");
  const names = [];
  for (const format of ["CSV", "XLSX", "JSON"]) {
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Tải " + format }).click()]);
    names.push(file.suggestedFilename());
    await file.saveAs(join(folder, step + "-" + file.suggestedFilename()));
    await page.getByText("Đã tải về: " + file.suggestedFilename()).waitFor();
  }
  return names;
}

// The register of the year, in all its forms.
async function register() {
  await show("Kết quả công nhận", "2013", "2017");
  const group = page.getByRole("group", { name: "Sổ công nhận năm 2017" });
  const names = [];
  for (const form of ["CSV", "XLSX", "JSON có chữ ký"]) {
    const [file] = await Promise.all([page.waitForEvent("download"), group.getByRole("button", { name: "Tải " + form }).click()]);
    names.push(file.suggestedFilename());
    await file.saveAs(join(folder, "register-" + file.suggestedFilename()));
  }
  await look("district-recognition");
  return names;
}

async function enter() {
  await page.getByLabel("Tên tài khoản").fill(name);
  await page.getByLabel("Mật khẩu").fill("ba con vịt xanh");
  await page.getByRole("button", { name: "Vào", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: /^Tình hình/ }).waitFor();
}

// Nothing is done soon here: the first answer says how far it has come, the next waits for us.
async function slowly(act) {
  let go;
  const seen = new Promise((done) => { go = done; });
  await page.route(/\/api\/report\?/, async (route) => {
    const late = route.request().url().includes("task=");
    if (late) {
      await seen;
    }
    await route.continue({ url: route.request().url() + (late ? "" : "&wait=0") });
  });
  const done = act();
  await page.getByText(/Đang đếm ở chế độ nền: đã được \d+%/).waitFor();
  await look("district-report-background");
  go();
  await done;
  await page.unroute(/\/api\/report\?/);
}

async function office() {
  await enter();
  await tab("Báo cáo");
  await page.getByText(/số liệu$/).first().waitFor();
  await look("district-reports");
  await slowly(() => show("Đăng ký", "", "2017"));
  const text = await figure("Ấp, khóm có bản đăng ký").getByRole("link").textContent();
  await page.getByText(/0 \/ 104 ấp chưa gửi|0 trên 104 ấp|số liệu đến/i).first().waitFor();
  await look("district-report");
  const rows = await twin();
  await page.getByRole("link", { name: "Xem bản in" }).click();
  await page.getByRole("img", { name: "Mã QR của tờ này" }).waitFor();
  await look("district-report-paper");
  await page.pdf({ path: join(folder, "report-district.pdf"), preferCSSPageSize: true });
  await page.getByRole("link", { name: "Về báo cáo" }).click();
  await figure("Ấp, khóm có bản đăng ký").getByRole("link").click();
  await page.getByText("104 bản ghi").waitFor();
  await look("district-report-records");
  const names = await files();
  return { text, rows, names, fitted: await each("district-screen-"), register: await register() };
}

// With nothing but keys, from the sign-in to the figure.
async function viewer() {
  await keyboard.enter(name);
  await keyboard.go("link", "Báo cáo");
  await keyboard.go("link", /^Xem năm/);
  await page.getByRole("link", { name: "Xem bản in" }).waitFor();
  await keyboard.pick("combobox", "Báo cáo", "Đăng ký");
  await keyboard.reach("field", "Năm, hoặc đến ngày");
  await keyboard.press("Control+a");
  await page.keyboard.type("2017");
  await keyboard.press("Enter");
  await page.getByText(/năm 2017/i).first().waitFor();
  const row = figure("Ấp, khóm có bản đăng ký");
  await row.waitFor();
  if (await row.getByRole("link").count() > 0) {
    faults.push("a viewer is led to records");
  }
  await look("district-report-viewer");
  return { text: await row.locator(".figure-text").innerText() };
}

await rise(await does({ read, prints, office, viewer, files: async () => ({ names: await files() }) }[step]));
