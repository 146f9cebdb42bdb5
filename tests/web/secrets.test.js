// What leaves the browser in a whole session: no plaintext vector, no text, no key, in no form. Every request is kept by a
// proxy and searched, as it is and decoded.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { withPlayground } from "./support/playground.js";

const company = JSON.parse(readFileSync(new URL("../../crates/vecseal-data/organisations/company.json", import.meta.url), "utf8"));

/** All strings and lists of numbers in a JSON value. */
function* leaves(value) {
  if (typeof value === "string") yield value;
  else if (Array.isArray(value) && value.length > 8 && value.every((item) => typeof item === "number")) yield value;
  else if (value && typeof value === "object") for (const item of Object.values(value)) yield* leaves(item);
}

/** The shortest decimal that is this number in single precision. */
const shortest = (number) => [6, 7, 8, 9].map((digits) => Number(number.toPrecision(digits))).find((short) => Math.fround(short) === number);

/** What a session's requests say, in every form that they could say it in. */
class Traffic {
  constructor(exchanges) {
    this.bytes = [];
    this.vectors = [];
    for (const { method, path, headers, body } of exchanges) {
      this.add(Buffer.from(`${method} ${decodeURIComponent(path)} ${JSON.stringify(headers)}`));
      this.add(body);
      let json;
      try {
        json = JSON.parse(body);
      } catch {
        continue;
      }
      for (const leaf of leaves(json)) {
        if (typeof leaf !== "string") {
          this.vectors.push(leaf);
          continue;
        }
        this.add(Buffer.from(leaf));
        if (leaf.length >= 16 && /^[\w+/-]+=*$/.test(leaf)) {
          this.add(Buffer.from(leaf, "base64"));
          this.add(Buffer.from(leaf, "hex"));
        }
      }
    }
    this.all = Buffer.concat(this.bytes);
  }

  add(bytes) {
    this.bytes.push(bytes, Buffer.from([0]));
  }

  has = (bytes) => this.all.includes(bytes);

  /** Whether a vector is there: as numbers, or as bytes in either order and precision. */
  hasVector(vector) {
    const norm = (numbers) => Math.sqrt(numbers.reduce((sum, number) => sum + number * number, 0));
    const cosine = (a, b) => a.reduce((sum, number, index) => sum + number * b[index], 0) / (norm(a) * norm(b));
    const near = this.vectors.some((other) => other.length >= 64 && Math.abs(cosine(other, vector.slice(0, other.length))) > 0.9);
    const little = Buffer.from(Float32Array.from(vector.slice(0, 4)).buffer);
    const big = Buffer.from(little).swap32();
    const text = vector.slice(0, 3).map(shortest).join(",");
    return near || this.has(little) || this.has(big) || this.has(Buffer.from(text));
  }
}

test("no request of a whole session holds a plaintext vector, a text, a question or a key, in any form", () =>
  withPlayground("chromium", async (playground) => {
    const { page, proxy, url } = playground;
    // The key of the first user, as the user saves it.
    await playground.go("People and keys");
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: /^Export/ }).first().click();
    const key = readFileSync(await (await download).path());

    await page.getByRole("button", { name: "Run the whole story" }).first().click();
    await page.getByRole("dialog").waitFor({ timeout: 180_000 });
    await page.keyboard.press("Escape");
    const question = "is our fluid specialist free to go to a rival";
    await playground.search(question);
    await page.getByRole("button", { name: "Access matrix" }).click();
    await page.getByRole("button", { name: /^Try all keys/ }).click();
    await page.getByRole("region", { name: "Access matrix" }).waitFor({ timeout: 60_000 });
    await playground.go("People and keys");
    await page.getByRole("button", { name: "Rotate it" }).click();
    await page.getByText(/keys? (is|are) stale/).waitFor();

    // The vectors, embedded by a worker of the test's own.
    const passages = [...company.documents.map(({ title, text }) => `${title}. ${text}`), question];
    const vectors = await page.evaluate(
      (texts) =>
        new Promise((resume) => {
          const worker = globalThis.vecsealWorker();
          worker.onmessage = ({ data }) => {
            if (data.ready) worker.postMessage({ job: 1, work: { embed: { texts } } });
            if (data.embedded) resume(Array.from(data.embedded.vectors));
          };
        }),
      passages,
    );
    assert.equal(vectors.length, 61 * 384);

    const sent = proxy.exchanges.filter(({ method, path }) => method !== "GET" || path.startsWith("/collections"));
    assert.ok(sent.some(({ method, body }) => method === "PUT" && body.length > 100_000), "nothing was uploaded");
    assert.ok(sent.some(({ path }) => path.includes("/points/query")), "nothing was searched");
    const traffic = new Traffic(proxy.exchanges);

    for (const { title, text } of company.documents) {
      for (const part of [title, text.slice(0, 24), text.slice(40, 64)]) {
        assert.ok(!traffic.has(Buffer.from(part)), part);
        assert.ok(!traffic.has(Buffer.from(part, "utf16le")), part);
        assert.ok(!traffic.has(Buffer.from(Buffer.from(part).toString("base64").slice(0, -4))), part);
      }
    }
    assert.ok(!traffic.has(Buffer.from(question)) && !traffic.has(Buffer.from(encodeURIComponent(question))));
    // Nor what policies and keys are made of.
    for (const name of ["hr_manager", "team_legal", "human_resources", "departments", company.people[0].name]) {
      assert.ok(!traffic.has(Buffer.from(name)), name);
    }
    for (let index = 0; index < 61; index++) {
      assert.ok(!traffic.hasVector(vectors.slice(index * 384, (index + 1) * 384)), passages[index]);
    }
    // Secrets are 32 bytes; what is public in a key's file, its authority's id and names, is shorter or was looked for.
    let looked = 0;
    for (let at = 0; at + 24 <= key.length; at++, looked++) {
      const part = key.subarray(at, at + 24);
      assert.ok(!traffic.has(part) && !traffic.has(Buffer.from(part.toString("hex"))), `bytes ${at} of the key`);
    }
    assert.ok(looked > 300);
    assert.ok(page.url().startsWith(url) && !/s=|key/.test(page.url()));

    // The search finds what it looks for, were it there.
    const planted = new Traffic([
      { method: "PUT", path: "/a", headers: {}, body: Buffer.from(JSON.stringify({ v: vectors.slice(0, 384), t: key.toString("base64url"), n: company.documents[0].text })) },
      { method: "PUT", path: "/a", headers: {}, body: Buffer.from(JSON.stringify({ b: Buffer.from(Float32Array.from(vectors.slice(384, 768)).buffer).toString("base64") })) },
    ]);
    assert.ok(planted.hasVector(vectors.slice(0, 384)) && planted.hasVector(vectors.slice(384, 768)) && !planted.hasVector(vectors.slice(768, 1152)));
    assert.ok(planted.has(key.subarray(100, 124)) && planted.has(Buffer.from(company.documents[0].text.slice(40, 64))));
  }));
