// The attacks of the playground, on the company of the examples and a real engine. What opens is what the policies admit;
// nothing is left of what was copied. That a breach would show is tried with a server that swallows a write.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request as ask } from "node:http";
import { test } from "node:test";

import { withBrowser } from "../npm/support/browsers.js";
import { withQdrant } from "../qdrant/support/server.js";
import { documents, organisation, pairs, sealing, withVault } from "./support/vault.js";

const ATTACKS = ["droppedFilter", "injectedFilter", "tamperedTags", "leakedApiKey", "pooledKeys", "swappedRecords", "revokedKey"];

const company = organisation("company");
const keys = company.people.map(({ name }, index) => [index + 1, name]);

const together = (name, use) =>
  test(name, () => withBrowser("chromium", (browser) => withQdrant((url) => withVault(browser, (vault) => use({ ...vault, url })))));

/** Seals an organisation's documents, with a key for each of its people. */
async function begin({ work }, url, how = {}, { structure, people, documents: all } = { ...company, documents: documents(company) }) {
  const collection = `attacks-${Math.random().toString(36).slice(2)}`;
  await work({ newAuthority: { structure: JSON.stringify(structure) } });
  for (const [index, { attributes }] of people.entries()) {
    await work({ issueKey: { key: index + 1, pairs: pairs(attributes) } });
  }
  await work({ connect: { url } });
  const { uploaded } = await work({ upload: { collection, sealing: { ...sealing, ...how }, documents: all } });
  assert.equal(uploaded.uploaded.written, all.length);
  return { collection, uploaded: uploaded.uploaded };
}

const collections = async (url) => (await (await fetch(`${url}/collections`)).json()).result.collections.map(({ name }) => name);

const attack = async (work, name, of = keys) => {
  const { attacked, progress } = await work({ attack: { attack: name, keys: of } });
  const { report } = attacked;
  assert.equal(report.attack, name);
  assert.ok(progress.length === report.steps.length && report.steps.length > 1, name);
  const findings = report.steps.flatMap(({ findings }) => findings);
  const calls = report.steps.flatMap(({ calls }) => calls);
  assert.ok(calls.every(({ method, path, status, body, answer, time }) => method && path.startsWith("/") && status === 200 && time >= 0 && body.length + answer.length < 20_000), name);
  assert.ok(calls.length > 0, name);
  return { ...report, findings, tones: (tone) => findings.filter((finding) => finding.tone === tone).length };
};

for (const [what, how] of [
  ["compartments with keys of their own", {}],
  ["a shared search key", { scope: "collection", writtenBy: "writerKey" }],
  ["mode sealed", { mode: "sealed", cipher: "chaCha" }],
]) {
  together(`no attack breaches anything, with ${what}`, async (vault) => {
    const { work, url } = vault;
    const { collection } = await begin(vault, url, how);
    for (const name of ATTACKS) {
      const report = await attack(work, name);
      if (process.env.VECSEAL_SHOW) {
        console.log(JSON.stringify(report, (key, value) => (key === "calls" ? value.map(({ method, path, status }) => `${method} ${path} ${status}`) : key === "findings" && !Array.isArray(value) ? undefined : value), 1));
      }
      assert.deepEqual([report.breached, report.tones("breach")], [0, 0], JSON.stringify(report.findings));
      assert.ok(report.returned > 0 && report.tones("held") > 0, name);
      assert.ok(report.summary.length > 40 && report.gained.length > 40, name);
      const opens = { droppedFilter: true, revokedKey: true }[name] ?? false;
      assert.equal(report.opened > 0, opens, `${name}: ${report.opened} of ${report.returned}`);
      assert.ok(report.opened < report.returned, name);
      assert.deepEqual((await collections(url)).sort(), [collection, `${collection}.keyring`]);
    }
    // What was attacked is as it was.
    const { accesses } = await work({ tryKeys: { documents: documents(company).map(({ id }) => id), keys: [1] } });
    assert.ok(accesses.accesses[0].outcomes.some(([, outcome]) => outcome === "opened"));
    assert.ok(accesses.accesses[0].outcomes.every(([, outcome]) => ["opened", "denied"].includes(outcome)));
  });
}

together("without keys that suit, some are issued; where there is nothing to attack, that is said", async (vault) => {
  const { work, fails, url } = vault;
  await begin(vault, url);
  for (const name of ATTACKS) {
    assert.equal((await attack(work, name, [])).breached, 0, name) ;
  }
  // One document that everybody reads.
  await begin(vault, url, {}, { ...company, documents: documents(company).filter(({ policy }) => policy === "*").slice(0, 1) });
  for (const name of ["droppedFilter", "injectedFilter", "tamperedTags", "pooledKeys", "revokedKey"]) {
    assert.equal((await fails({ attack: { attack: name, keys } })).code, "nothing_to_attack", name);
  }
  assert.equal((await fails({ attack: { attack: "droppedFilter", keys: [[77, "Nobody"]] } })).code, "unknown_key");
});

together("an attack that is cancelled leaves nothing behind", async (vault) => {
  const { start, work, url } = vault;
  const { collection } = await begin(vault, url);
  const job = await start({ attack: { attack: "revokedKey", keys } });
  // As soon as there is a copy.
  while (!(await collections(url)).includes(`${collection}-attacked`) && !(await job.isDone()));
  await job.cancel();
  const { failed } = await job.result();
  assert.equal(failed?.failure.code, "cancelled");
  assert.deepEqual((await collections(url)).sort(), [collection, `${collection}.keyring`]);
  assert.equal((await attack(work, "revokedKey")).breached, 0);
});

// The vault believes that a document is sealed under a stricter policy; the server has kept the point of before.
together("a breach is counted: a server that swallows a write leaves a document open that should be closed", async (vault) => {
  const { work, url } = vault;
  let swallows = false;
  await between(url, (request) => swallows && request.method === "PUT" && /\/points\?/.test(request.url) && !request.url.includes(".keyring"), async (between) => {
    const { collection } = await begin(vault, between);
    const before = await attack(work, "droppedFilter");
    swallows = true;
    const closed = documents(company).filter(({ policy }) => policy === "*").map((document) => ({ ...document, policy: "roles:admin" }));
    const { uploaded } = await work({ upload: { collection, sealing, documents: closed } });
    assert.equal(uploaded.uploaded.written, closed.length);
    swallows = false;
    const report = await attack(work, "droppedFilter");
    assert.equal(before.breached, 0);
    assert.ok(report.breached > 0 && report.breached <= closed.length, `${report.breached}`);
    assert.ok(report.tones("breach") > 0);
    assert.match(report.summary, /should not happen/);
  });
});

together("times of the company: upload, search with six keys", async (vault) => {
  const { work, url } = vault;
  const { uploaded } = await begin(vault, url);
  const start = performance.now();
  const { searched } = await work({ search: { query: { text: company.queries[0].text }, limit: 10, keys: keys.map(([key]) => key) } });
  const time = performance.now() - start;
  for (const { hits, expected, failure } of searched.searched.keys) {
    assert.deepEqual([failure, hits.map(({ document }) => document)], [undefined, expected.map(({ document }) => document)]);
  }
  console.log(`embedding ${uploaded.embedding.toFixed(0)} ms, writing ${uploaded.writing.toFixed(0)} ms; search with 6 keys ${time.toFixed(0)} ms`);
  console.log(searched.searched.keys.map(({ cost }) => `${cost.compartments} compartments ${cost.total.toFixed(0)} ms`).join(", "));
  assert.ok(uploaded.writing < 10_000 && time < 10_000);
});

/** Hands over a URL that leads to another's, except for what is swallowed: that is answered as done. */
async function between(url, isSwallowed, use) {
  const { hostname, port } = new URL(url);
  const server = createServer((request, response) => {
    const { method, headers } = request;
    if (isSwallowed(request)) {
      request.resume().on("end", () => {
        response.writeHead(200, { "content-type": "application/json", "access-control-allow-origin": "*" });
        response.end(JSON.stringify({ result: { operation_id: 1, status: "completed" }, status: "ok", time: 0 }));
      });
      return;
    }
    const onward = ask({ hostname, port, method, headers, path: request.url }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    return await use(`http://127.0.0.1:${server.address().port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
