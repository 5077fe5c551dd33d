// SPDX-License-Identifier: Apache-2.0
// year.mjs ADDRESS FOLDER STEP - what closes a hamlet's year, at a browser. STEP:
//   evaluate  answers criteria, is asked for a reason, leaves, finds the answers again, saves
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
  return { evaluated: 6 };
}

await rise(await does({ evaluate }[step]));
