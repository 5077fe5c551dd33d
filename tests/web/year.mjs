// SPDX-License-Identifier: Apache-2.0
// year.mjs ADDRESS FOLDER STEP - what closes a hamlet's year, at a browser. STEP:
//   evaluate  answers criteria, is asked for a reason, leaves, finds the answers again, saves
//   households  splits one, enters another twice
//   merge     at the commune: makes two that are one into one, two again, and one
//   minutes   writes down a meeting, first with more votes than people
//   carry     a file for the district, and one that is none of the district's
//   bring     the district's answer, down.hmb
//   prints    every paper, as the printer gets it
//   work      a model; the lists of what the hamlet does and with whom
import { join } from "node:path";
import { sit } from "./member.mjs";

const [address, folder, step] = process.argv.slice(2);
const { page, faults, look, tab, does, rise } = await sit(address, folder);

const criterion = (id) => page.getByRole("region", { name: new RegExp(`^${id.replaceAll(".", "\\.")} `) });

async function says(id, verdict) {
  await criterion(id).getByText(verdict, { exact: true }).waitFor();
}

// Each answer is judged while it is given; nothing is recorded before it is saved.
async function evaluate() {
  await tab("Đánh giá");
  await says("4.1.a", "chưa rõ");
  await says("4.1.c", "chưa đạt");
  await criterion("4.1.c").getByText(/^\d+\/\d+$/).waitFor();
  await look("evaluation");
  await criterion("4.1.a").getByLabel("Đạt", { exact: true }).check();
  await says("4.1.a", "đạt");
  await criterion("4.3.a").getByLabel("Không xảy ra").check();
  await says("4.3.a", "đạt");
  await criterion("4.4.b").getByLabel("Có, nhưng bất khả kháng").check();
  await criterion("4.4.b").getByText("có xảy ra, nhưng thuộc trường hợp được xem xét").waitFor();
  await criterion("4.4.a").getByLabel("Năm nay").fill("3");
  await criterion("4.4.a").getByLabel("Năm trước").fill("1.002");
  await says("4.4.a", "đạt");
  await criterion("4.5.a").getByLabel("Hoàn thành nhiệm vụ", { exact: true }).check();
  await says("4.5.a", "đạt");
  await criterion("4.1.c").getByRole("button", { name: "Ghi khác số của máy" }).click();
  await criterion("4.1.c").getByLabel("Hộ đăng ký").fill("6");
  await criterion("4.1.c").getByText("số nhập khác mà không nêu lý do").waitFor();
  await criterion("4.1.c").getByLabel("Lý do ghi khác số của máy").fill("một hộ ký trên giấy");
  await says("4.1.c", "đạt");
  await page.getByText("Nháp đã giữ trên máy").waitFor();

  await tab("Cần làm");
  await page.getByRole("link", { name: "Ghi tiếp" }).click();
  await says("4.4.a", "đạt");
  if ((await criterion("4.4.a").getByLabel("Năm trước").inputValue()) !== "1002") {
    faults.push("the figures of the draft are not as they were left");
  }
  await page.getByLabel("Chưa đạt", { exact: true }).last().check();
  await page.getByRole("button", { name: "Lưu bản tự đánh giá" }).click();
  await page.getByRole("link", { name: "Xem bản đã ghi" }).waitFor();
  await page.getByText("Chờ gửi").or(page.getByText("Huyện đã nhận")).first().waitFor();
  await look("evaluation-saved");
  for (const result of ["Đạt", "Chưa đạt", "Đạt", "Chưa đạt"]) { // saved again, from where it stands
    await page.getByLabel(result, { exact: true }).last().check();
    await page.getByRole("button", { name: "Lưu bản tự đánh giá" }).click();
    await page.getByText("Nháp đã giữ trên máy").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Hoàn tác" }).waitFor();
    if (result === "Đạt") {
      continue;
    }
    await tab("Cần làm");
    await page.getByText("Ghi biên bản họp đã ký").waitFor();
    await tab("Đánh giá");
    await page.getByRole("button", { name: "Lưu bản tự đánh giá" }).waitFor();
    if (!(await page.getByLabel(result, { exact: true }).last().isChecked())) {
      faults.push("what was saved again is not there: " + result);
    }
  }
  return { evaluated: 6 };
}

// A meeting: what is known stands there already, and what cannot be is said where it is typed.
async function minutes() {
  await tab("Cần làm");
  await page.getByText("Ghi biên bản họp đã ký").waitFor();
  await tab("Biên bản");
  await page.getByRole("link", { name: "Ghi biên bản mới" }).click();
  const field = (label) => page.getByLabel(label);
  await field(/^Địa điểm/).fill("Nhà văn hóa ấp");
  await field(/^Chủ trì/).fill("Trần Văn Ấp");
  await field(/^Chức vụ người chủ trì/).fill("Trưởng ấp");
  await field(/^Thư ký/).fill("Lê Thị Bình");
  const people = page.getByLabel(/^Số người/);
  for (const [at, many] of [1, 1, 2, 4, 1].entries()) {
    await people.nth(at).fill(String(many));
  }
  await field(/^Số hộ được mời/).fill("6");
  await field(/^Số hộ có mặt/).fill("5");
  await page.getByLabel("Giơ tay").check();
  await field(/^Tán thành/).fill("5");
  await field(/^Không tán thành/).fill("3");
  await page.getByLabel("Đề nghị công nhận", { exact: true }).check();
  await field(/^Ý kiến \(/).fill("Bà con nhất trí.\nĐề nghị <b>giữ</b> đèn đường.");
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByText("tổng số biểu quyết không lớn hơn số hộ có mặt", { exact: false }).waitFor();
  await look("minutes");
  await field(/^Không tán thành/).fill("0");
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByRole("heading", { name: /^Biên bản họp/ }).waitFor();
  await page.getByRole("definition").getByText("Đề nghị <b>giữ</b> đèn đường.").waitFor();
  await look("minutes-record");
  await tab("Biên bản");
  await page.getByRole("link", { name: "2026" }).waitFor();
  await look("minutes-list");
}

// Activities, models, groups: each has its list and its form.
async function work() {
  await tab("Hoạt động");
  await page.getByRole("link", { name: "Mô hình", exact: true }).click();
  await page.getByRole("link", { name: /^Ghi mới/ }).click();
  await page.getByLabel("Tên mô hình").fill("Tiếng loa an ninh");
  await look("model");
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByRole("heading", { name: /Tiếng loa an ninh/ }).waitFor();
  await tab("Hoạt động");
  await look("activities");
  for (const name of ["Ban, tổ, lực lượng", "Quân số ban, tổ", "Xếp loại lực lượng"]) {
    await page.getByRole("link", { name, exact: true }).click();
    await page.getByRole("heading", { name, exact: true }).waitFor();
  }
}

// What comes out of the printer, as a file each.
async function paper(name) {
  await page.getByRole("heading", { name: "In giấy tờ" }).waitFor();
  await page.getByRole("img", { name: "Mã QR của tờ này" }).first().waitFor();
  await look("print-" + name);
  await page.pdf({ path: join(folder, name + ".pdf"), preferCSSPageSize: true });
}

async function printRecord(kind, name) {
  await tab("Sổ");
  await page.getByRole("link", { name: kind, exact: true }).click();
  await page.getByRole("heading", { name: kind, exact: true }).waitFor();
  await page.getByRole("cell").getByRole("link", { name: "2026" }).first().click();
  await page.getByRole("link", { name: "In", exact: true }).click();
  await paper(name);
}

async function prints() {
  await tab("Ký cam kết");
  await page.getByRole("link", { name: "In phiếu này" }).click();
  await paper("sheet");
  await printRecord("Bản đăng ký", "registration");
  await printRecord("Bản đánh giá", "self-evaluation");
  await printRecord("Biên bản họp", "minutes-paper");
  await tab("Máy này");
  await page.getByRole("link", { name: "In biên nhận" }).click();
  await paper("receipt");
  return { papers: ["sheet", "registration", "self-evaluation", "minutes-paper", "receipt"] };
}

// Without a network: a file for the district is saved where the browser saves what it is given.
async function carry() {
  await tab("Máy này");
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Ghi tệp cho huyện" }).click()]);
  await page.getByText("Chép tệp vào thanh nhớ và đem lên huyện").waitFor();
  await file.saveAs(join(folder, "up.hmb"));
  await page.getByLabel("Nhận tệp của huyện").setInputFiles({ name: "anh.hmb", mimeType: "", buffer: Buffer.from("no file of ours") });
  await page.getByRole("alert").waitFor();
  await look("files");
  return { file: file.suggestedFilename() };
}

async function bring() {
  await tab("Máy này");
  await page.getByLabel("Nhận tệp của huyện").setInputFiles(join(folder, "down.hmb"));
  await page.getByText("Đã nhận down.hmb").waitFor();
}

// A household splits; another is entered although a like name is there.
async function households() {
  await tab("Hộ");
  await page.getByRole("link", { name: "Nguyễn Văn Cường" }).click();
  await page.getByRole("link", { name: "Tách hộ" }).click();
  await page.getByText("Nguyễn Văn Cường · Tổ 1").waitFor();
  await page.getByLabel("Họ và tên chủ hộ").fill("Nguyễn Văn Cưng");
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByRole("heading", { name: /Nguyễn Văn Cưng/ }).waitFor();

  // And moves away: what is known of that stands there, and the sheet does not ask for him.
  await page.getByRole("link", { name: "Chuyển đi" }).click();
  await page.getByLabel(/^Chuyển đến đơn vị/).fill("29185-01");
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByText("29185-01", { exact: true }).first().waitFor();
  await look("moved-away");
  if ((await page.getByRole("link", { name: "Chuyển đi" }).count()) > 0) {
    faults.push("who has moved away is offered to move away");
  }
  await tab("Ký cam kết");
  await page.getByText("5 hộ đã ký trên 6 hộ trong sổ").waitFor();

  await tab("Hộ");
  await page.getByRole("link", { name: "Ghi hộ mới" }).click();
  await page.getByLabel("Họ và tên chủ hộ").fill("nguyen van dung");
  await page.getByText("Trong sổ đã có tên gần giống").waitFor();
  await page.getByRole("link", { name: "Nguyễn Văn Dũng" }).waitFor();
  await look("alike");
  await page.getByLabel(/^Địa chỉ/).fill("Tổ 1");
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByRole("heading", { name: /nguyen van dung/ }).waitFor();
  if ((await page.getByRole("button", { name: "Trùng với hộ khác" }).count()) > 0) {
    faults.push("what the commune decides is offered to the hamlet");
  }
}

async function merge() {
  await tab("Hộ");
  await page.getByRole("link", { name: "nguyen van dung" }).click();
  const join = async () => {
    await page.getByRole("button", { name: "Trùng với hộ khác" }).click();
    await page.getByLabel("Hộ này là một với hộ").fill("Dũng");
    await page.getByRole("button", { name: /^Nguyễn Văn Dũng/ }).click();
    await look("merge");
    await page.getByRole("button", { name: "Gộp làm một" }).click();
    await page.getByText("Phiếu này đã gộp vào").waitFor();
  };
  await join();
  await page.getByRole("button", { name: "Tách lại làm hai" }).click();
  await page.getByRole("button", { name: "Trùng với hộ khác" }).waitFor();
  await join();
  await tab("Hộ");
  await page.getByRole("link", { name: "Nguyễn Văn Dũng" }).waitFor();
  if ((await page.getByRole("link", { name: "nguyen van dung" }).count()) > 0) {
    faults.push("a record that is part of another is still in the list");
  }
}

await rise(await does({ households, merge, evaluate, minutes, work, prints, carry, bring }[step]));
