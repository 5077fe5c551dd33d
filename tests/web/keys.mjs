// SPDX-License-Identifier: Apache-2.0
// keys.mjs - somebody without a mouse: comes to a thing by Tab alone, as often as it takes, does it
// with Enter, and chooses by arrows.
const MOST = 150;

export function keys(page) {
  let pressed = 0;

  async function press(key) {
    pressed++;
    await page.keyboard.press(key);
  }

  const thing = (role, name) => (role === "summary" ? page.locator("summary", { hasText: name })
    : role === "field" ? page.getByLabel(name, { exact: typeof name === "string" })
      : page.getByRole(role, { name, exact: typeof name === "string" })).filter({ visible: true }).first();

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

  // One of a list, by arrows from its first.
  async function pick(role, name, text) {
    await reach(role, name);
    await press("Home");
    for (let n = 0; n < MOST; n++) {
      if (await page.evaluate((said) => document.activeElement.selectedOptions[0]?.text.includes(said), text)) {
        return;
      }
      await press("ArrowDown");
    }
    throw new Error(`no arrow leads to ${text} in ${name}`);
  }

  // A radio button: Tab comes to its group, arrows to it.
  async function mark(name) {
    const wanted = thing("radio", name);
    await wanted.waitFor();
    const group = await wanted.getAttribute("name");
    const here = () => page.evaluate((one) => document.activeElement.name === one, group);
    for (let n = 0; n < MOST && !(await here()); n++) {
      await press("Tab");
    }
    for (let n = 0; n < MOST && !(await wanted.evaluate((one) => one === document.activeElement)); n++) {
      await press("ArrowDown");
    }
    if (!(await wanted.isChecked())) {
      await press("Space");
    }
    if (!(await wanted.isChecked())) {
      throw new Error(`no key marks ${name}`);
    }
  }

  // A unit, by its code: some letters, then out of the list.
  async function unit(label, code) {
    await reach("textbox", label);
    await page.keyboard.type(code);
    await pick("listbox", label, code);
  }

  const done = (text) => page.getByText(text, { exact: false }).first().waitFor();

  async function enter(account) {
    await write("Tên tài khoản", account);
    await write("Mật khẩu", "ba con vịt xanh");
    await press("Enter");
    await page.getByRole("navigation").waitFor();
  }

  return { press, reach, go, write, pick, mark, unit, done, enter, counted: () => pressed };
}
