// Opens the page of a wasm test runner in a browser, prints what it says, and fails if the tests did.
// `node wasm-tests.js <browser> <url>`

import { withBrowser } from "./browsers.js";

const [name, url] = process.argv.slice(2);

const report = await withBrowser(name, async (browser) => {
  const page = await browser.newPage();
  await page.goto(url);
  await page.waitForFunction(() => /test result: /.test(document.querySelector("#output")?.textContent), null, {
    timeout: 180_000,
  });
  return page.textContent("#output");
});
console.log(report);
process.exit(/test result: ok/.test(report) ? 0 : 1);
