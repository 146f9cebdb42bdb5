// The whole story by one button, in both browsers, from an empty profile: what a stranger sees first.

import assert from "node:assert/strict";
import { test } from "node:test";

import { browserNames } from "../npm/support/browsers.js";
import { PLACES, withPlayground } from "./support/playground.js";

for (const browserName of browserNames) {
  test(`${browserName}: one button leads through the whole story, and nothing opens that should not`, () =>
    withPlayground(browserName, async ({ page }) => {
      await page.getByRole("button", { name: "Run the whole story" }).first().click();
      for (const place of PLACES) {
        await page.getByRole("heading", { level: 1, name: place }).waitFor({ timeout: 120_000 });
      }
      const dialog = page.getByRole("dialog");
      await dialog.waitFor({ timeout: 120_000 });
      const text = await dialog.innerText();
      assert.match(text, /60 documents/);
      assert.match(text, /13 compartments/);
      assert.match(text, /7/);
      assert.doesNotMatch(text, /[1-9]\d* breach/);
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });

      // Everybody finds what the policy admits: the search is exact, and a denial says why.
      await page.getByRole("navigation", { name: "Places" }).getByRole("button", { name: "Search" }).click();
      await page.getByRole("combobox", { name: "User" }).selectOption({ label: "Owen Fairbrother" });
      const results = page.getByRole("region", { name: "Results" });
      await results.getByText("Denied").first().waitFor();
      assert.match(await results.innerText(), /needs .+; this key has .+/);
      assert.match(await page.locator(".recall").innerText(), /100\s?%/);
    }));
}
