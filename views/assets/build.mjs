// Builds the style sheets, the staff script and the fonts into
// views/assets/dist: every name carries a hash of its content, every text has a
// gzip beside it, and manifest.json tells which source became which file.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import * as sass from "sass";

const here = path.dirname(fileURLToPath(import.meta.url));
const source = path.join(here, "src");
const target = path.join(here, "dist");
const modules = path.join(here, "..", "..", "node_modules");
const fonts = path.join(modules, "@fontsource", "noto-sans-khmer");

const manifest = {};

// put writes one built file and returns the name under which it is served.
function put(name, content) {
  const body = Buffer.from(content);
  const hash = createHash("sha256").update(body).digest("hex").slice(0, 12);
  const { name: stem, ext } = path.parse(name);
  const hashed = `${stem}-${hash}${ext}`;
  writeFileSync(path.join(target, hashed), body);
  const gz = gzipSync(body, { level: 9 });
  if (gz.length < body.length * 0.9) {
    writeFileSync(path.join(target, `${hashed}.gz`), gz);
  }
  manifest[name] = hashed;
  return hashed;
}

// style compiles one sheet; addresses of the form asset:name become the hashed
// names of files that were put before.
async function style(name) {
  const { css } = sass.compile(path.join(source, `${name}.scss`), {
    loadPaths: [modules],
    quietDeps: true,
  });
  const linked = css.replace(/asset:([\w.-]+)/g, (_, file) => {
    if (!manifest[file]) throw new Error(`${name}.scss: no asset ${file}`);
    return manifest[file];
  });
  if (linked.includes("data:")) throw new Error(`${name}.scss: a data: address, which the policy of the pages refuses`);
  const small = await esbuild.transform(linked, { loader: "css", minify: true, target: ["chrome80", "firefox78", "safari13"] });
  put(`${name}.css`, small.code);
}

async function script(name) {
  const built = await esbuild.build({
    entryPoints: [path.join(source, `${name}.ts`)],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: ["chrome80", "firefox78", "safari13"],
  });
  put(`${name}.js`, built.outputFiles[0].contents);
}

mkdirSync(target, { recursive: true });
for (const old of readdirSync(target)) {
  if (old !== ".gitkeep") rmSync(path.join(target, old), { recursive: true });
}
for (const weight of [400, 700]) {
  put(`khmer-${weight}.woff2`, readFileSync(path.join(fonts, "files", `noto-sans-khmer-khmer-${weight}-normal.woff2`)));
}
put("khmer-licence.txt", readFileSync(path.join(fonts, "LICENSE")));
put("mark.svg", readFileSync(path.join(source, "mark.svg")));
for (const name of ["public", "khmer", "staff"]) await style(name);
await script("staff");
writeFileSync(path.join(target, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
