// SPDX-License-Identifier: Apache-2.0
// member.mjs - a member of the board at a browser: finds things by visible labels and roles
// alone, and looks at every screen as people do and as a machine reads it.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const rules = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"];
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--lang=en-US"];
const current = { executablePath: "/usr/bin/chromium", args };

// Chromium 109, the last for the Windows that old laptops have, out of its package.
function oldest() {
  const folder = new URL("engine/node_modules/@sparticuz/chromium/bin/", import.meta.url).pathname;
  const executablePath = join(folder, "chromium");
  if (!existsSync(executablePath)) {
    const unpacked = executablePath + "." + process.pid;
    writeFileSync(unpacked, brotliDecompressSync(readFileSync(executablePath + ".br")), { mode: 0o755 });
    renameSync(unpacked, executablePath);
  }
  return { executablePath, args: [...args, "--headless", "--single-process", "--no-zygote", "--disable-setuid-sandbox", "--use-gl=swiftshader"] };
}

// Sits down at the address; pictures go to `folder`.
export async function sit(address, folder) {
  const browser = await chromium.launch(process.env.HAMLET_TEST_ENGINE === "109" ? oldest() : current);
  // The district proves itself by its mark, which people compare; here it is known whose it is.
  const page = await browser.newPage({ viewport: { width: 1366, height: 768 }, ignoreHTTPSErrors: address.startsWith("https:") });
  const faults = [];
  let screens = 0;
  page.setDefaultTimeout(60000);
  page.on("pageerror", (wrong) => faults.push("the page failed: " + wrong.message));
  page.on("console", (line) => line.text().includes("Content Security Policy") && faults.push(line.text()));

  // The screen bears looking at, and reading by a machine.
  async function look(name) {
    await page.evaluate(() => scrollTo(0, 0));
    await page.screenshot({ path: join(folder, name + ".png"), fullPage: true });
    await page.evaluate(axe);
    const found = await page.evaluate((only) => axe.run(document, { runOnly: only }), rules);
    screens++;
    faults.push(...found.violations.map((one) => `${name}: ${one.id}: ${one.nodes[0].html}`));
  }

  // The screen is there once its tab says so: what stood before may have had a title too.
  async function tab(name) {
    const link = page.getByRole("navigation").getByRole("link", { name, exact: true });
    await link.click();
    await link.and(page.locator("[aria-current]")).waitFor();
    await page.getByRole("heading", { level: 1 }).first().waitFor();
  }

  // Does one thing; where it cannot, the screen is kept as it was then.
  async function does(act) {
    try {
      return await act();
    } catch (wrong) {
      console.error(faults);
      await page.screenshot({ path: join(folder, "wrong.png"), fullPage: true });
      throw wrong;
    }
  }

  // Gets up: says what was typed as one line of JSON, and whether anything was wrong.
  async function rise(typed) {
    const version = browser.version();
    await browser.close();
    console.log(JSON.stringify({ ...typed, version, screens, faults }));
    process.exit(faults.length > 0 ? 1 : 0);
  }

  await page.goto(address);
  return { browser, page, faults, look, tab, does, rise };
}
