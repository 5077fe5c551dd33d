// SPDX-License-Identifier: Apache-2.0
// keys.mjs - somebody without a mouse: comes to a thing by Tab alone, as often as it takes, and
// does it with Enter.
const MOST = 150;

export function keys(page) {
  let pressed = 0;

  async function press(key) {
    pressed++;
    await page.keyboard.press(key);
  }

  const thing = (role, name) => (role === "summary" ? page.locator("summary", { hasText: name })
    : role === "field" ? page.getByLabel(name, { exact: typeof name === "string" })
      : page.getByRole(role, { name, exact: typeof name === "string" })).first();

  // Until what has the focus is it, and can be seen to have it.
  async function reach(role, name) {
    const wanted = thing(role, name);
    await wanted.waitFor();
    for (let n = 0; n < MOST; n++) {
      if (await wanted.evaluate((one) => one === document.activeElement)) {
        const seen = await wanted.evaluate((one) => {
          const box = one.getBoundingClientRect();
          const style = getComputedStyle(one);
          return box.width > 0 && box.bottom > 0 && box.top < innerHeight && (style.outlineStyle !== "none" || style.boxShadow !== "none");
        });
        if (!seen) {
          throw new Error(`${role} ${name} has the focus and nobody sees it`);
        }
        return;
      }
      await press("Tab");
    }
    throw new Error(`no key leads to ${role} ${name}`);
  }

  async function go(role, name) {
    await reach(role, name);
    await press("Enter");
  }

  async function write(name, text) {
    await reach("field", name);
    await page.keyboard.type(text);
  }

  const done = (text) => page.getByText(text, { exact: false }).first().waitFor();

  async function enter(account) {
    await write("Tên tài khoản", account);
    await write("Mật khẩu", "ba con vịt xanh");
    await press("Enter");
    await page.getByRole("navigation").waitFor();
  }

  return { press, reach, go, write, done, enter, counted: () => pressed };
}
