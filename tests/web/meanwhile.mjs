// SPDX-License-Identifier: Apache-2.0
// meanwhile.mjs ADDRESS FOLDER COMMANDS - somebody else writes to what stands open on the screen.
// COMMANDS: by name, what he does then, each a command line; as JSON.
import { execFileSync } from "node:child_process";
import { sit } from "./member.mjs";

const [address, folder, commands] = process.argv.slice(2);
const { page, faults, look, tab, does, rise } = await sit(address, folder);

function meanwhile(name) {
  const [program, ...args] = JSON.parse(commands)[name];
  execFileSync(program, args, { stdio: "ignore" });
}

const result = (name) => page.getByRole("radiogroup", { name: /^Kết quả/ }).last().getByLabel(name, { exact: true });
const save = () => page.getByRole("button", { name: "Lưu bản tự đánh giá" });

// Who has said nothing yet sees what the other wrote; who has begun keeps what he began with.
async function evaluation() {
  await tab("Đánh giá");
  await save().waitFor();
  if (!(await result("Đạt").isChecked())) {
    faults.push("it does not begin with what is recorded");
  }
  meanwhile("untouched");
  await result("Chưa đạt").and(page.locator(":checked")).waitFor();
  await page.getByLabel(/^Ngày đánh giá/).fill(`03/11/${new Date().getFullYear()}`);
  meanwhile("touched");
  await page.getByText("Nháp đã giữ trên máy").waitFor();
  await tab("Cần làm");
  await page.getByRole("link", { name: "Ghi tiếp" }).click();
  await save().click();
  await page.getByText("Đã lưu").first().waitFor();
  await page.getByRole("link", { name: "Xem bản đã ghi" }).click();
  await page.getByRole("heading", { level: 3, name: /Kết quả/ }).waitFor();
  await look("evaluation-both");
}

// Nothing was recorded of a year when this was begun, then somebody else does: on the screen it
// stands as it was begun, and so it is found again where it rests.
async function unseen(year, rests) {
  const date = page.getByLabel(/^Ngày đánh giá/);
  await tab("Đánh giá");
  await page.getByLabel("Năm", { exact: true }).fill(String(year));
  await page.keyboard.press("Tab");
  await page.getByRole("heading", { level: 1, name: `Tự đánh giá năm ${year}` }).waitFor();
  await result("Đạt").check();
  await page.getByRole("radiogroup", { name: /^Lý do/ }).last().getByLabel("Khác", { exact: true }).check();
  await date.fill(`03/11/${year}`);
  await page.getByText("Nháp đã giữ trên máy").waitFor();
  if (rests) {
    await tab("Cần làm");
  }
  meanwhile("recorded " + year);
  if (rests) {
    await page.getByRole("link", { name: "Ghi tiếp" }).click();
  }
  const recorded = page.getByRole("link", { name: "Xem bản đã ghi" });
  await recorded.waitFor();
  if ((await date.inputValue()) !== `03/11/${year}`) {
    faults.push("what was begun is not there any more");
  }
  await save().click();
  await page.getByText("Ghi khác nhau").waitFor();
  await recorded.click();
  await page.getByRole("heading", { level: 3, name: /Kết quả/ }).waitFor();
  await look("evaluation-unseen-" + year);
}

// A form that rests as a draft while the same field is written elsewhere.
async function household() {
  await tab("Hộ");
  await page.getByRole("cell").getByRole("link").first().click();
  await page.getByRole("link", { name: "Sửa", exact: true }).click();
  await page.getByLabel(/^Địa chỉ/).fill("Tổ 9");
  await page.getByText("Nháp đã giữ trên máy").waitFor();
  await tab("Cần làm");
  meanwhile("resting");
  await page.getByRole("link", { name: "Ghi tiếp" }).click();
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByRole("heading", { level: 3, name: /Địa chỉ/ }).waitFor();
  for (const value of ["Tổ 9", "Tổ 5"]) {
    await page.getByRole("button", { name: value, exact: true }).waitFor();
  }
  await look("household-both");
  await page.getByRole("link", { name: "Sửa", exact: true }).click();
  await page.getByLabel(/^Địa chỉ/).fill("Tổ 7");
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByText("Tổ 7").first().waitFor();
}

const noDraft = () => page.waitForFunction(async () => {
  const reply = await fetch("/api/drafts", { headers: { "X-Hamlet-Token": sessionStorage.getItem("hamlet-token") } });
  return (await reply.json()).length === 0;
});

// What is being typed from a name that is erased is kept no more, and whoever types is told so.
async function erased() {
  const kept = page.getByText("Nháp đã giữ trên máy");
  const told = page.getByRole("alert").filter({ hasText: "đã bị xóa hẳn" });
  await tab("Hộ");
  await page.getByRole("cell").getByRole("link", { name: "Trần Thị Bình" }).click();
  await page.getByRole("link", { name: "Sửa", exact: true }).click();
  await page.getByLabel(/^Họ và tên chủ hộ/).fill("Trần Thị Bình Minh");
  await kept.waitFor();
  meanwhile("erased");
  await page.getByRole("button", { name: "Gửi ngay" }).click();
  await noDraft();
  await page.getByLabel(/^Địa chỉ/).fill("Tổ 2");
  await told.waitFor();
  await look("household-erased");
  await noDraft();
  await page.getByRole("button", { name: "Bỏ", exact: true }).click();
  await page.getByRole("link", { name: "Sửa", exact: true }).click();
  await page.getByLabel(/^Địa chỉ/).fill("Tổ 3");
  await kept.waitFor();
  await page.getByRole("button", { name: "Bỏ", exact: true }).click();
}

await rise(await does(async () => {
  await household();
  await evaluation();
  await unseen(new Date().getFullYear() - 1, true);
  await unseen(new Date().getFullYear() - 2, false);
  await erased();
  return {};
}));
