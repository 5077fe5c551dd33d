// SPDX-License-Identifier: Apache-2.0
// node build.mjs [--check]: dist/ out of src/; with --check says whether dist/ is just that.
import { build } from "esbuild";
import { readFileSync, readdirSync, writeFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const licence = "SPDX-License-Identifier: Apache-2.0";
const check = process.argv.includes("--check");

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((one) => one.isFile() && one.name.endsWith(".js"))
    .map((one) => readFileSync(join(one.parentPath ?? one.path, one.name), "utf8"));
}

// Keys in the sources are whole, or a prefix that ends in a dot: t("state." + name).
function words() {
  const named = new Set();
  const prefixes = new Set();
  for (const text of sources(join(here, "src"))) {
    for (const [, key, plus] of text.matchAll(/\bt\(\s*"([a-z0-9.-]+)"(\s*\+)?/g)) {
      (plus ? prefixes : named).add(key);
    }
  }
  const found = {};
  const wrong = [];
  for (const lang of ["vi", "en"]) {
    const file = join(here, "../../proto/words", lang + ".json");
    const ui = JSON.parse(readFileSync(file, "utf8")).ui;
    found[lang] = {};
    for (const [key, text] of Object.entries(ui)) {
      if (key.startsWith("page.")) {
        found[lang][key.slice("page.".length)] = text;
      } else if (key.startsWith("role.")) {
        found[lang][key] = text;
      }
    }
    for (const key of named) {
      if (!(key in found[lang])) {
        wrong.push(`${lang}: page.${key} is named and not there`);
      }
    }
    for (const key of Object.keys(found[lang])) {
      if (!named.has(key) && ![...prefixes].some((prefix) => key.startsWith(prefix))) {
        wrong.push(`${lang}: page.${key} is there and not named`);
      }
    }
  }
  if (wrong.length > 0) {
    console.error(wrong.join("\n"));
    process.exit(1);
  }
  return found;
}

// The licences of what is bundled, as their owners ask.
function notices() {
  const names = Object.keys(JSON.parse(readFileSync(join(here, "package.json"), "utf8")).dependencies);
  return names.map((name) => {
    const folder = join(here, "node_modules", name);
    const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
    return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
  }).join("\n" + "-".repeat(72) + "\n\n");
}

const ours = {
  name: "words",
  setup(the) {
    the.onResolve({ filter: /^hamlet:words$/ }, () => ({ path: "words", namespace: "hamlet" }));
    the.onLoad({ filter: /.*/, namespace: "hamlet" }, () => ({
      contents: JSON.stringify(words()),
      loader: "json",
    }));
  },
};

const made = await build({
  entryPoints: { app: join(here, "src/main.js"), style: join(here, "src/style.css") },
  outdir: join(here, "dist"),
  bundle: true,
  minify: true,
  write: false,
  charset: "utf8",
  target: ["chrome109", "firefox115"],
  legalComments: "none",
  banner: { js: "// " + licence, css: "/* " + licence + " */" },
  logLevel: "error",
  plugins: [ours],
});
const files = made.outputFiles.map((file) => [file.path, Buffer.from(file.contents)]);
files.push([join(here, "dist/index.html"), readFileSync(join(here, "src/index.html"))]);
files.push([join(here, "dist/notices.txt"), Buffer.from(notices())]);

let differ = 0;
mkdirSync(join(here, "dist"), { recursive: true });
for (const [path, bytes] of files) {
  if (!check) {
    writeFileSync(path, bytes);
    continue;
  }
  let there = Buffer.alloc(0);
  try {
    there = readFileSync(path);
  } catch {
    // it is missing: it differs
  }
  if (!there.equals(bytes)) {
    console.error(`${path}: not what src/ makes; run node build.mjs`);
    differ = 1;
  }
}
process.exit(differ);
