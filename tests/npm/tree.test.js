// What a bundle leaves out that does not use it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { build } from "esbuild";

import { packageFolder } from "./support/vecseal.js";

/** The code of a bundle for browsers of a program that imports these names. */
async function bundleOf(names) {
  const contents = `import { ${names} } from "./index.js"; globalThis.used = [${names}];`;
  const stdin = { contents, resolveDir: `${packageFolder}/dist` };
  const { outputFiles } = await build({ stdin, bundle: true, format: "esm", write: false, loader: { ".wasm": "empty" } });
  return outputFiles[0].text;
}

test("who does not use encrypted collections does not ship them", async () => {
  const [without, within] = [await bundleOf("Authority, init"), await bundleOf("EncryptedCollection, init")];
  for (const part of ["missing_keyring", "/points/query/batch", "verifyVectors"]) {
    assert.ok(within.includes(part) && !without.includes(part), part);
  }
});
