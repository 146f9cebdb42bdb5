// Every place: usable without a mouse's precision, in both themes, from 360 px up; axe-core finds nothing but what is
// minor. Pictures of all of them are kept under target/screenshots.

import assert from "node:assert/strict";
import { test } from "node:test";

import { PLACES, withPlayground } from "./support/playground.js";

const slug = (place) => place.toLowerCase().replaceAll(" ", "-");

for (const theme of ["light", "dark"]) {
  test(`before anything is encrypted, every place in ${theme} says what to do`, () =>
    withPlayground(
      "chromium",
      async (playground) => {
        for (const place of PLACES) {
          await playground.go(place);
          assert.deepEqual(await playground.barriers(), [], place);
          await playground.picture(`empty-${slug(place)}-${theme}`);
        }
      },
      { options: { colorScheme: theme } },
    ));

  test(`with documents encrypted, every place in ${theme} is whole, wide and narrow`, () =>
    withPlayground(
      "chromium",
      async (playground) => {
        const { page } = playground;
        await playground.upload();
        await playground.search("which technical staff got a raise");
        await playground.go("What the server sees");
        await page.getByRole("heading", { name: "What the server has" }).waitFor();
        await page.locator('svg[viewBox="-110 -110 220 220"]').nth(2).waitFor();
        await playground.go("Try to break it");
        await playground.button("Run all").click();
        await page.getByText(/7 of 7 tried,/).waitFor({ timeout: 120_000 });
        const found = {};
        for (const [width, height] of [[1280, 900], [360, 780], [3840, 2000]]) {
          await page.setViewportSize({ width, height });
          for (const place of PLACES) {
            await playground.go(place);
            const overflow = await playground.overflow();
            const barriers = width === 3840 ? [] : await playground.barriers();
            if (overflow > 0) barriers.push(`${overflow} px too wide`);
            if (barriers.length > 0) found[`${place} at ${width} px`] = barriers;
            await playground.picture(`${slug(place)}-${theme}-${width}`);
          }
        }
        assert.deepEqual(found, {});
        await page.setViewportSize({ width: 1280, height: 900 });
        await playground.go("Search");
        for (const view of ["All users", "Access matrix"]) {
          await playground.button(view).click();
          if (view === "Access matrix") {
            await playground.button(/^Try all keys/).click();
            await page.getByRole("region", { name: "Access matrix" }).waitFor({ timeout: 60_000 });
          }
          assert.deepEqual(await playground.barriers(), [], view);
          await playground.picture(`search-${slug(view)}-${theme}`);
        }
      },
      { options: { colorScheme: theme } },
    ));

  test(`dialogs in ${theme} have nothing in the way of anybody`, () =>
    withPlayground(
      "chromium",
      async (playground) => {
        const { page } = playground;
        for (const name of ["Examples", "Share", "Code", "Help", /^Connection/]) {
          await playground.button(name, { exact: typeof name === "string" }).click();
          await page.getByRole("dialog").waitFor();
          assert.deepEqual(await playground.barriers(), [], `${name}`);
          await playground.picture(`dialog-${slug(name.source ?? name).replace("^", "")}-${theme}`);
          await page.keyboard.press("Escape");
          await page.getByRole("dialog").waitFor({ state: "detached" });
        }
      },
      { options: { colorScheme: theme } },
    ));
}

test("the theme is chosen, kept, and there before the program is", () =>
  withPlayground("chromium", async ({ page }) => {
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await background();
    await page.getByRole("button", { name: "Theme: as the system has it" }).click();
    await page.getByRole("button", { name: "Theme: light" }).click();
    await page.getByRole("button", { name: "Theme: dark" }).waitFor();
    assert.notEqual(await background(), light);
    await page.reload({ waitUntil: "domcontentloaded" });
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
  }));
