// Policies and people: what is typed is checked at once, and keys do what the page says of them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { withPlayground } from "./support/playground.js";

test("mistakes are underlined where they are, with a hint, in both forms", () =>
  withPlayground("chromium", async ({ page }) => {
    const policy = page.getByLabel("Who may read");
    await policy.fill("roles:admin || roles:analist");
    const panel = page.locator(".workbench");
    await panel.getByText("Did you mean `roles:analyst`?").waitFor();
    assert.equal(await panel.locator("mark").innerText(), "roles:analist");
    assert.equal(await policy.getAttribute("aria-invalid"), "true");
    await policy.fill("roles:admin && roles:analyst");
    await panel.getByText("conflicting_attributes").waitFor();
    await policy.fill("departments:finance && (roles:admin || roles:analyst)");
    await panel.getByText("Any of 2 rights").waitFor();
    await page.getByRole("group", { name: "Edit the policy as" }).getByRole("button", { name: "JSON" }).click();
    assert.deepEqual(JSON.parse(await policy.inputValue()).any.length, 2);
    await policy.fill('{"roles": ["admin", "analist"]}');
    await panel.locator("mark").waitFor();
    assert.equal(await panel.locator("mark").innerText(), '"analist"');

    await page.getByRole("group", { name: "Show the structure as" }).getByRole("button", { name: "JSON" }).click();
    const structure = page.getByLabel(/Sets are lists/);
    await structure.fill('{"roles": ["admin", "admin"]}');
    await page.locator(".structure mark").waitFor();
    await structure.fill('{"roles": ["admin"], "clearance": {"ordered": ["low", "high"]}}');
    await page.getByText(/documents? with (a )?mistakes?/).first().waitFor();
  }));

test("tests of the policies say what a change opens, and undo closes it again", () =>
  withPlayground("chromium", async ({ page }) => {
    await page.getByText("78 hold").waitFor();
    await page.getByLabel("A policy in use").selectOption({ index: 2 });
    await page.getByLabel("Who may read").fill("*");
    await page.getByRole("button", { name: /^Put it on \d+ documents?$/ }).click();
    await page.getByText(/\d+ broken/).waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("78 hold").waitFor();
    assert.equal(await page.getByText(/\d+ broken/).count(), 0);
    await page.getByRole("button", { name: "Redo" }).click();
    await page.getByText(/\d+ broken/).waitFor();
  }));

test("chips make a structure: attributes are added, renamed everywhere and removed, levels moved", () =>
  withPlayground("chromium", async ({ page }) => {
    await page.getByLabel("Add an attribute to roles, by Enter").fill("auditor");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Rename auditor" }).waitFor();
    await page.getByRole("button", { name: "Rename analyst" }).click();
    await page.getByLabel("Rename analyst").fill("examiner");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Rename examiner" }).waitFor();
    await page.getByText("78 hold").waitFor();
    await page.getByLabel("Kind of roles").selectOption("hierarchy");
    await page.getByRole("button", { name: "Move admin one level up" }).click();
    const names = await page.locator(".dimension").last().locator(".chip-name").allInnerTexts();
    assert.deepEqual(names, ["examiner", "admin", "hr_manager", "auditor"]);
    await page.getByRole("button", { name: "Remove auditor" }).click();
    await page.getByRole("button", { name: "Rename auditor" }).waitFor({ state: "detached" });
  }));

test("keys are issued, made weaker, saved, taken from files, and go stale by rotation", () =>
  withPlayground("chromium", async (playground) => {
    const { page } = playground;
    await playground.go("People and keys");
    const owen = page.locator(".person").nth(3);
    await owen.getByText("issued").waitFor();
    const download = page.waitForEvent("download");
    await owen.getByRole("button", { name: /^Export/ }).click();
    const saved = await download;
    assert.equal(saved.suggestedFilename(), "owen-fairbrother.vecseal-key");
    const file = readFileSync(await saved.path());
    assert.ok(file.length > 100);

    await owen.getByRole("button", { name: /^Attenuate/ }).click();
    await owen.getByRole("group", { name: "roles" }).getByRole("button", { name: "roles: analyst" }).click();
    assert.equal(await owen.getByRole("button", { name: "roles: admin" }).isDisabled(), true);
    await owen.getByLabel(/Noted to expire/).fill("2030-01-31");
    await owen.getByRole("button", { name: "Make the weaker key" }).click();
    await owen.getByText("attenuated").waitFor();
    await owen.getByText("Noted to expire on 2030-01-31.").waitFor();

    const celia = page.locator(".person").nth(4);
    await celia.locator("input[type=file]").setInputFiles({ name: "k.vecseal-key", mimeType: "application/octet-stream", buffer: file });
    await celia.getByText("imported").first().waitFor();
    await celia.getByText("groups:team_finance").waitFor();
    await celia.locator("input[type=file]").setInputFiles({ name: "k.vecseal-key", mimeType: "application/octet-stream", buffer: file.subarray(0, 90) });
    await page.getByText("That file is no user key").waitFor();
    assert.equal(await celia.locator(".key").count(), 2);

    await page.getByLabel("A right that policies name").selectOption("departments:finance");
    await page.getByRole("button", { name: "Rotate it" }).click();
    await page.getByText(/\d keys are stale/).waitFor();
    await owen.getByText(/Rotated since: /).first().waitFor();
    await page.getByRole("button", { name: "Reissue all stale keys" }).click();
    // A copy that came in a file is not made good by that.
    await page.getByText("1 key is stale").waitFor();
    await celia.getByRole("button", { name: /^Reissue imported/ }).click();
    await page.getByText("No key is stale.").waitFor();
  }));
