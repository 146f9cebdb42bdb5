// Links and programs: they reproduce what is being tried, and hold no key.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { deflateSync, inflateSync } from "node:zlib";

import { withProject, write } from "../npm/support/project.js";
import { withPlayground } from "./support/playground.js";

const run = promisify(execFile);

test("a link reproduces the page, with keys of its own", () =>
  withPlayground("chromium", async (playground) => {
    const { page } = playground;
    await playground.example("Two desks");
    await playground.go("People and keys");
    await page.getByLabel("Name of person 1").fill("Eleanor");
    await playground.go("Data");
    await page.getByRole("button", { name: "Add your own text" }).click();
    await page.getByLabel("Title", { exact: true }).fill("A fourth note");
    await page.getByRole("button", { name: "Share" }).click();
    const link = await page.getByLabel(/^Link/).inputValue();
    assert.match(link, /^http:\/\/127\.0\.0\.1:\d+\/#s=[\w-]+$/);
    await page.keyboard.press("Escape");
    const [mine] = await fingerprints(playground);
    await page.goto("about:blank");
    await page.goto(link);
    await page.getByText(/Embedded engine/).waitFor();
    await playground.go("Data");
    await page.getByText("A fourth note").waitFor();
    await playground.go("People and keys");
    assert.equal(await page.getByLabel("Name of person 1").inputValue(), "Eleanor");
    const [theirs] = await fingerprints(playground);
    assert.notEqual(theirs, mine);
    // The link stays in the address until something is changed; another one opens in the open page, and undo goes back.
    assert.match(page.url(), /#s=/);
    await page.getByLabel("Name of person 1").fill("Eleanora");
    await playground.go("Data");
    assert.match(page.url(), /#data$/);
    await page.evaluate((link) => (location.href = link), link);
    await page.getByText("The link is opened. Undo brings back what was here.").waitFor();
    await page.getByRole("button", { name: "Undo", exact: true }).click();
    await playground.go("People and keys");
    assert.equal(await page.getByLabel("Name of person 1").inputValue(), "Eleanora");
    // What follows # is not sent.
    assert.ok(playground.proxy.exchanges.every(({ path, headers }) => !path.includes("s=") && !JSON.stringify(headers).includes("#s=")));
  }));

async function fingerprints(playground) {
  await playground.go("People and keys");
  await playground.page.locator(".key .id code").first().waitFor();
  return playground.page.locator(".key .id code").allInnerTexts();
}

test("a link that is cut says so, and the first example is there", () =>
  withPlayground(
    "chromium",
    async ({ page }) => {
      await page.getByText("the link is cut or changed").waitFor();
      await page.getByText("13 policies").waitFor();
      // It stays until it is read.
      await page.getByRole("button", { name: "Dismiss" }).click();
      assert.equal(await page.getByText("the link is cut or changed").count(), 0);
    },
    { hash: "#s=eNrtVdtu2zgQ_ZWBnrYA" },
  ));

test("a link to a crowd, or to keys of impossible numbers, is refused in a sentence", () =>
  withPlayground("chromium", async (playground) => {
    const { page } = playground;
    await playground.example("Two desks");
    await page.getByRole("button", { name: "Share" }).click();
    const link = await page.getByLabel(/^Link/).inputValue();
    const [address, packed] = link.split("#s=");
    const scenario = JSON.parse(inflateSync(Buffer.from(packed, "base64url")));
    const [person] = scenario.people;
    const opened = async (people) => {
      const text = deflateSync(JSON.stringify({ ...scenario, people })).toString("base64url");
      await page.goto("about:blank");
      await page.goto(`${address}#s=${text}`);
      await page.getByText("13 policies").waitFor();
    };
    await opened(Array.from({ length: 2_000 }, (_, id) => ({ ...person, keys: [{ ...person.keys[0], id }] })));
    await page.getByText("a link is of at most 100 people, 200 keys").waitFor();
    await opened([{ ...person, keys: [{ ...person.keys[0], id: 4_294_967_295 }] }]);
    await page.getByText("the link is cut or changed").waitFor();
  }));

for (const [example, expected] of [["Two desks", /3 documents in 3 compartments\nNell opens .*1.*\nEdmund opens [23], [23]\n/], ["St Brannoc's Hospital", /36 documents in 11 compartments/]]) {
  test(`the JavaScript of ${example} runs on the npm package, and leaves nothing behind`, () =>
    withPlayground("chromium", async (playground) => {
      const { page, server } = playground;
      await playground.example(example);
      await page.getByRole("button", { name: "Code" }).click();
      const program = await page.getByRole("region", { name: "Program" }).innerText();
      await withProject({}, async (folder) => {
        write(folder, { "program.mjs": program });
        const { stdout } = await run(process.execPath, ["program.mjs"], { cwd: folder, env: { ...process.env, QDRANT_URL: server.url } });
        assert.match(stdout, expected);
      });
      const { result } = await (await fetch(`${server.url}/collections`)).json();
      assert.deepEqual(result.collections, []);
    }));
}
