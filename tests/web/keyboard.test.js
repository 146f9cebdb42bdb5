// The main path by keyboard alone: from the address bar to a denial, with nothing but Tab, Enter, Space, arrows and letters.

import assert from "node:assert/strict";
import { test } from "node:test";

import { withPlayground } from "./support/playground.js";

/** Presses Tab until something of this name has the focus. */
async function tabTo(page, name, presses = 120) {
  for (let press = 0; press < presses; press++) {
    await page.keyboard.press("Tab");
    const found = await page.evaluate(() => {
      const focused = document.activeElement;
      const label = focused.getAttribute("aria-label") ?? focused.labels?.[0]?.innerText ?? focused.innerText ?? "";
      const box = focused.getBoundingClientRect();
      const style = getComputedStyle(focused);
      return { label: label.trim().replaceAll("\n", " "), seen: box.width > 0 && box.height > 0, outlined: style.outlineStyle !== "none" };
    });
    if (name.test(found.label)) {
      assert.ok(found.seen && found.outlined, `the focus on ${found.label} is not seen`);
      return;
    }
  }
  assert.fail(`Tab does not come to ${name}`);
}

test("policies, keys, encryption, search and a denial by keyboard alone", () =>
  withPlayground("chromium", async ({ page }) => {
    const heading = (name) => page.getByRole("heading", { level: 1, name }).waitFor();
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.innerText), "Skip to the content");
    await tabTo(page, /^Examples$/);
    await page.keyboard.press("Enter");
    await tabTo(page, /^Load Two desks$/);
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByText("2 keys").waitFor();
    await tabTo(page, /Data/);
    await page.keyboard.press("Enter");
    await heading("Data");
    await tabTo(page, /^Encrypt and upload/);
    await page.keyboard.press("Enter");
    await page.getByText(/documents are sealed and uploaded/).first().waitFor({ timeout: 60_000 });
    await page.evaluate(() => document.querySelector("h1").focus());
    for (let press = 0; press < 8; press++) {
      await page.keyboard.press("Shift+Tab");
    }
    await tabTo(page, /^\d? ?Search/);
    await page.keyboard.press("Enter");
    await heading("Search");
    await tabTo(page, /^Question/);
    await page.keyboard.press("Control+A");
    await page.keyboard.type("a man gives up the sea");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "What Nell finds" }).waitFor();
    await page.getByText("The lighthouse keeper sells his boat").first().waitFor();
    await tabTo(page, /^User/);
    await page.keyboard.press("ArrowDown");
    await page.getByRole("heading", { name: "What Edmund finds" }).waitFor();
    await page.getByText("needs roles:author; this key has reader").first().waitFor();
  }));

test("dialogs keep the focus and give it back", () =>
  withPlayground("chromium", async ({ page }) => {
    await tabTo(page, /^Share$/);
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    for (let press = 0; press < 12; press++) {
      await page.keyboard.press("Tab");
      const inside = await page.evaluate(() => document.activeElement === document.body || document.querySelector("dialog").contains(document.activeElement));
      assert.ok(inside);
    }
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    assert.equal(await page.evaluate(() => document.activeElement.innerText.trim()), "Share");
  }));
