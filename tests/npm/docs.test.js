// The code of the documentation: it runs, and the example also passes strict type checks.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { promisify } from "node:util";

import { withQdrant } from "../qdrant/support/server.js";
import { link, withProject, write } from "./support/project.js";
import { root } from "./support/vecseal.js";

const run = promisify(execFile);

/** Runs Node with options; what it prints, or what went wrong. */
async function node(folder, options, environment) {
  try {
    const { stdout } = await run(process.execPath, options, { cwd: folder, env: { ...process.env, ...environment } });
    return stdout;
  } catch (error) {
    return assert.fail(`${error.stdout}${error.stderr}`);
  }
}

/** Puts the Qdrant client and Node's types beside the package. */
const withClient = (folder) => link(folder, ["@qdrant", "@types/node", "undici-types"]);

const snippets = (markdown) => [...markdown.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code);

/** Runs a page's snippets as one program that ends with a check. */
const runs = (page, check) =>
  withProject({}, async (folder) => {
    const code = snippets(readFileSync(`${root}${page}`, "utf8"));
    assert.ok(code.length > 0);
    withClient(folder);
    write(folder, { "page.js": `${code.join("\n")}\n${check}` });
    await withQdrant(async (QDRANT_URL) => {
      assert.equal((await node(folder, ["page.js"], { QDRANT_URL })).trim(), "as it says");
    });
  });

test("the README's JavaScript runs", () =>
  runs(
    "README.md",
    `if (opened.content === "Salaries 2026" && denied === "access_denied") console.log("as it says");`,
  ));

test("every snippet for those who come from VectaX runs, in order", () =>
  runs(
    "docs/COMING-FROM-VECTAX.md",
    `const near = decrypted.every((value, index) => Math.abs(value - embedding[index]) < 1e-4);
     const said = denial === "needs groups:team_hr; this key has team_finance";
     const found = hits.length === 1 && hits[0].id === 1 && hits[0].score > 0.999;
     if (near && said && found && opened.content === "Performance review, 2026") console.log("as it says");`,
  ));

test("the collection of docs/QDRANT.md finds what it says", () =>
  runs(
    "docs/QDRANT.md",
    `const found = hits.map(({ content }) => content).join() === "Salaries 2026,Menu" && hits[1].public.kind === "notice";
     if (found && cost.compartments === 2) console.log("as it says");`,
  ));

test("the Qdrant example passes strict checks, finds and denies", () =>
  withProject({ "recipe.js": new URL("../../docs/examples/qdrant/recipe.js", import.meta.url) }, async (folder) => {
    withClient(folder);
    const strict = ["--checkJs", "--allowJs", "--noEmit", "--strict", "--noUncheckedIndexedAccess"];
    const modules = ["--module", "nodenext", "--target", "es2022"];
    await node(folder, [`${root}node_modules/typescript/bin/tsc`, ...strict, ...modules, "--types", "node", "recipe.js"]);
    write(folder, {
      "run.js": `import { QdrantClient } from "@qdrant/js-client-rest"; import { recipe } from "./recipe.js";
        const client = new QdrantClient({ url: process.env.QDRANT_URL, checkCompatibility: false });
        console.log(JSON.stringify(await recipe(client)));`,
    });
    await withQdrant(async (QDRANT_URL) => {
      const { manager, analyst, explanation } = JSON.parse(await node(folder, ["run.js"], { QDRANT_URL }));
      assert.equal(manager.found.length, 2);
      assert.match(manager.found[0].text, /How much we pay/);
      assert.equal(manager.denied, 0);
      assert.deepEqual(analyst, { found: [], denied: 1 });
      assert.deepEqual(explanation[1], ["needs roles:manager; this key has analyst"]);
    });
  }));
