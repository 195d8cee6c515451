// Bundle each explorable into one ES module beside its Python class; the same bytes each time.
import { build } from "esbuild";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const names = readdirSync(`${here}src`).filter((name) => name.endsWith(".js"));
await build({
  absWorkingDir: here,
  entryPoints: names.sort().map((name) => `src/${name}`),
  outdir: process.argv[2] ?? "../rnn_course/explorables/static",
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  charset: "utf8",
  loader: { ".css": "text" },
  legalComments: "none",
});
