// The two browsers of the tests. `cargo xtask test` says where they are.

import { chromium, firefox } from "playwright-core";

const quiet = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const launchers = {
  chromium: (executablePath) => chromium.launch({ executablePath, args: quiet }),
  firefox: (executablePath) => firefox.launch({ executablePath, channel: "moz-firefox" }),
};

export const browserNames = Object.keys(launchers);

/** Starts a browser, hands it over, and ends it. A browser that is not there fails. */
export async function withBrowser(name, use) {
  const variable = `VECSEAL_${name.toUpperCase()}`;
  const executablePath = process.env[variable];
  if (!executablePath) {
    throw new Error(`${variable} is not set: run these tests by \`cargo xtask test npm\``);
  }
  const browser = await launchers[name](executablePath);
  try {
    return await use(browser);
  } finally {
    // Firefox does not always answer this.
    await Promise.race([browser.close(), new Promise((resume) => setTimeout(resume, 5_000).unref())]);
  }
}
