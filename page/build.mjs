// Builds the page: one HTML file that holds the engine, the scripts and the style.
//
//   node build.mjs [--brotli] [DIR]
//
// It writes DIR/index.html, and DIR/imdslock.wasm, the same engine for tests. With
// --brotli it says how large the engine is for servers that compress it so.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { withOneSegment } from "./segments.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const args = process.argv.slice(2);
const out = resolve(args.find((a) => !a.startsWith("--")) ?? join(here, "../bin/page"));

// go runs the go command, which must not see settings for another platform.
const go = (args, env = {}) => execFileSync("go", args, { cwd: here, env: { ...process.env, ...env }, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

// engine builds the WebAssembly. Without inlining it is a fifth smaller.
function engine() {
  const file = join(out, "imdslock.wasm");
  go(["build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-gcflags=all=-l", "-o", file, "./wasm"], { GOOS: "js", GOARCH: "wasm", CGO_ENABLED: "0" });
  const wasm = withOneSegment(readFileSync(file));
  writeFileSync(file, wasm);
  return wasm;
}

// bundle makes one script of modules.
async function bundle(entry, define = {}) {
  const result = await build({
    entryPoints: [join(here, entry)], bundle: true, write: false, minify: true, format: "iife", target: "es2022",
    charset: "ascii", legalComments: "none", define, loader: { ".yaml": "text", ".template": "text" }, logLevel: "warning",
  });
  return result.outputFiles[0].text;
}

const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

mkdirSync(out, { recursive: true });
const wasm = engine();
const packed = gzipSync(wasm, { level: 9 });
const runtime = readFileSync(join(go(["env", "GOROOT"]).trim(), "lib/wasm/wasm_exec.js"), "utf8");
const worker = runtime + (await bundle("src/worker.ts"));
const script = await bundle("src/main.ts", { WORKER: JSON.stringify(worker) });
const style = readFileSync(join(here, "style.css"), "utf8");
const policy = [
  "default-src 'none'", `script-src ${hash(script)} 'wasm-unsafe-eval'`, `style-src ${hash(style)}`, "worker-src blob:", "img-src data:",
  "base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'", "trusted-types imdslock-worker",
].join("; ");
const parts = { policy, style, script, engine: packed.toString("base64") };
const page = readFileSync(join(here, "index.html"), "utf8").replace(/\{\{(\w+)\}\}/g, (_, name) => parts[name]);
rmSync(join(out, "index.html"), { force: true });
writeFileSync(join(out, "index.html"), page);

const size = (n) => `${(n / 1e6).toFixed(2)} MB`;
let sizes = `engine ${size(wasm.length)}, by gzip ${size(packed.length)}`;
if (args.includes("--brotli")) {
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN, BROTLI_PARAM_SIZE_HINT } = constants;
  const params = { [BROTLI_PARAM_QUALITY]: 11, [BROTLI_PARAM_LGWIN]: 24, [BROTLI_PARAM_SIZE_HINT]: wasm.length };
  sizes += `, by brotli ${size(brotliCompressSync(wasm, { params }).length)}`;
}
console.log(`${sizes}; page ${size(page.length)}`);
