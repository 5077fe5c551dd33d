// SPDX-License-Identifier: Apache-2.0
// node build.mjs [--check]: dist/ out of src/; with --check says whether dist/ is just that.
import { build } from "esbuild";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const licence = "SPDX-License-Identifier: Apache-2.0";
const check = process.argv.includes("--check");

// Every file of ours that makes a page.
async function sources(entry) {
  const nothing = plugin(() => ({}));
  const { metafile } = await build({ entryPoints: [entry], bundle: true, write: false, metafile: true, outdir: here,
    logLevel: "error", plugins: [nothing] });
  return Object.keys(metafile.inputs)
    .filter((path) => path.includes("src/") && path.endsWith(".js") && !path.includes("node_modules"))
    .map((path) => readFileSync(path, "utf8"));
}

// Keys in the sources are whole, or a prefix that ends in a dot: t("state." + name).
function named(texts) {
  const whole = new Set();
  const prefixes = new Set();
  for (const text of texts) {
    for (const [, key, plus] of text.matchAll(/\bt\(\s*"([a-z0-9.-]+)"(\s*\+)?/g)) {
      (plus ? prefixes : whole).add(key);
    }
  }
  return { whole, has: (key) => whole.has(key) || [...prefixes].some((prefix) => key.startsWith(prefix)) };
}

// The sentences for pages, by language: page.KEY as KEY, role.NAME as it is.
function sentences() {
  const found = {};
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
  }
  return found;
}

// Each page carries the sentences that it names; each sentence is named by one of them.
function share(all, pages) {
  const wrong = [];
  for (const [lang, found] of Object.entries(all)) {
    for (const key of new Set(pages.flatMap((page) => [...page.whole]))) {
      if (!(key in found)) {
        wrong.push(`${lang}: page.${key} is named and not there`);
      }
    }
    for (const key of Object.keys(found)) {
      if (!pages.some((page) => page.has(key))) {
        wrong.push(`${lang}: page.${key} is there and not named`);
      }
    }
  }
  if (wrong.length > 0) {
    console.error(wrong.join("\n"));
    process.exit(1);
  }
  return pages.map((page) => Object.fromEntries(Object.entries(all).map(([lang, found]) =>
    [lang, Object.fromEntries(Object.entries(found).filter(([key]) => page.has(key)))])));
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

function plugin(words) {
  return {
    name: "words",
    setup(the) {
      the.onResolve({ filter: /^hamlet:words$/ }, () => ({ path: "words", namespace: "hamlet" }));
      the.onLoad({ filter: /.*/, namespace: "hamlet" }, () => ({ contents: JSON.stringify(words()), loader: "json" }));
    },
  };
}

async function make(entryPoints, words) {
  const { outputFiles } = await build({
    entryPoints,
    outdir: join(here, "dist"),
    bundle: true,
    minify: true,
    write: false,
    charset: "utf8",
    target: ["chrome109", "firefox115"],
    legalComments: "none",
    banner: { js: "// " + licence, css: "/* " + licence + " */" },
    logLevel: "error",
    plugins: [plugin(() => words)],
  });
  return outputFiles.map((file) => [file.path, Buffer.from(file.contents)]);
}

// The member's page and the district's, of the same parts.
const entries = [join(here, "src/main.js"), join(here, "src/district/main.js")];
const pages = await Promise.all(entries.map(async (entry) => named(await sources(entry))));
const [ours, theirs] = share(sentences(), pages);
const files = [
  ...await make({ app: entries[0], style: join(here, "src/style.css") }, ours),
  ...await make({ district: entries[1] }, theirs),
  [join(here, "dist/index.html"), readFileSync(join(here, "src/index.html"))],
  [join(here, "dist/district.html"), readFileSync(join(here, "src/district/index.html"))],
  [join(here, "dist/notices.txt"), Buffer.from(notices())],
];

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
