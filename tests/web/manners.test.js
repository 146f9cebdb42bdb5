// The page's manners: the focus is never lost, nothing moves by itself, and what is said in passing is seen and heard.

import assert from "node:assert/strict";
import { test } from "node:test";

import { PLACES, withPlayground } from "./support/playground.js";

/** The name of what has the focus. */
async function focused(page) {
  await page.waitForFunction(() => document.activeElement !== document.body);
  return page.evaluate(() => {
    const element = document.activeElement;
    return (element.getAttribute("aria-label") ?? element.labels?.[0]?.innerText ?? element.innerText).trim();
  });
}

/** Presses Enter on a button. */
async function press(page, name) {
  await page.getByRole("button", { name, exact: true }).focus();
  await page.keyboard.press("Enter");
}

test("what had the focus and goes away leaves it to what is next", () =>
  withPlayground("chromium", async (playground) => {
    const { page } = playground;
    await press(page, "Remove finance");
    assert.equal(await focused(page), "Rename human_resources");
    await press(page, "Remove hr_manager");
    assert.equal(await focused(page), "Add an attribute to roles, by Enter");
    await press(page, "Rename analyst");
    await page.keyboard.press("Escape");
    assert.equal(await focused(page), "Rename analyst");
    await press(page, "Rename analyst");
    await page.keyboard.type("examiner");
    await page.keyboard.press("Enter");
    assert.equal(await focused(page), "Rename examiner");
    for (let change = 0; change < 3; change++) {
      await page.keyboard.press("Control+z");
    }

    await playground.go("People and keys");
    await press(page, "Edit key 1 of Owen Fairbrother");
    await press(page, "Issue anew");
    assert.equal(await focused(page), "Edit key 1 of Owen Fairbrother");
    await press(page, "Remove Marcus Thelwell");
    assert.equal(await focused(page), "Remove Ingrid Aas");
    await press(page, "Remove Tomasz Wrede");
    assert.equal(await focused(page), "Add a person");

    await playground.go("Data");
    await press(page, "Add your own text");
    assert.equal(await focused(page), "Title");
    await page.keyboard.type("Mine");
    await press(page, "Close the editor");
    assert.match(await focused(page), /Mine/);
    await press(page, "Share");
    await press(page, "Close");
    assert.equal(await focused(page), "Share");
  }));

test("a first visit is told what this is; later ones are not", () =>
  withPlayground("chromium", async (playground) => {
    const { page } = playground;
    const welcome = page.getByRole("region", { name: "Welcome" });
    await welcome.getByRole("button", { name: "Run the whole story" }).waitFor();
    await playground.go("Data");
    assert.equal(await welcome.count(), 0);
    await playground.go("Policy");
    await welcome.getByRole("button", { name: "Close the welcome" }).click();
    await welcome.waitFor({ state: "detached" });
    await page.reload();
    await page.getByText(/Embedded engine/).waitFor();
    assert.equal(await welcome.count(), 0);
  }));

test("notices are seen and heard over an open dialog", () =>
  withPlayground("chromium", async (playground) => {
    const { page } = playground;
    await playground.button("Code", { exact: true }).click();
    await page.getByRole("button", { name: /^Save main|^Save program/ }).waitFor();
    await page.getByRole("button", { name: /^Copy/ }).click();
    // By its role: what is inert has none.
    const notice = page.getByRole("dialog").getByRole("status").filter({ hasText: /^Copied/ });
    await notice.waitFor();
    const isOnTop = await notice.locator("p").evaluate((line) => {
      const { x, y, width, height } = line.getBoundingClientRect();
      return line.contains(document.elementFromPoint(x + width / 2, y + height / 2));
    });
    assert.ok(isOnTop);
  }));

for (const [width, height] of [[1280, 900], [360, 780]]) {
  test(`nothing moves by itself while the whole story runs, at ${width} px`, () =>
    withPlayground(
      "chromium",
      async ({ page }) => {
        await page.evaluate(() => {
          globalThis.moved = [];
          const name = ({ node }) => node?.className?.baseVal ?? node?.className ?? node?.nodeName;
          const watch = (list) =>
            list.getEntries().forEach(({ value, hadRecentInput, sources }) => hadRecentInput || globalThis.moved.push([value, document.querySelector("h1").innerText, ...sources.map(name)]));
          new PerformanceObserver(watch).observe({ type: "layout-shift" });
        });
        await page.getByRole("button", { name: "Run the whole story" }).first().click();
        await page.getByRole("heading", { level: 1, name: PLACES.at(-1) }).waitFor({ timeout: 120_000 });
        await page.getByRole("dialog").waitFor({ timeout: 120_000 });
        await page.waitForTimeout(300);
        const moved = await page.evaluate(() => globalThis.moved);
        assert.deepEqual(moved.filter(([value]) => value > 0.005), []);
      },
      { options: { viewport: { width, height } } },
    ));
}
