// Builds the viewer's front end into skelconv/viewer/bundle.
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const target = process.argv[2] ?? "../skelconv/viewer/bundle";
await mkdir(target, { recursive: true });
await build({
  entryPoints: { app: "src/main.tsx" },
  outdir: target,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["chrome110", "firefox110", "safari16"],
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "eof",
  logLevel: "warning",
});
await copyFile("src/index.html", `${target}/index.html`);

// Their licences ask for their text to go along.
const licenses = await Promise.all(
  ["preact", "uplot"].map(
    async (name) => `${name}\n\n${await readFile(`node_modules/${name}/LICENSE`, "utf8")}`,
  ),
);
await writeFile(`${target}/licenses.txt`, licenses.join("\n"));
