// Requests as they are, without a client in between.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { get } from "node:http";

/** Requests to one server, all with these headers. */
export function rest(url, headers = credentials()) {
  const send = async (method, path, body, more) => {
    const text = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
    const json = text === undefined ? {} : { "content-type": "application/json" };
    const response = await fetch(url + path, { method, body: text, headers: { ...json, ...headers, ...more } });
    const answer = await response.text();
    return { status: response.status, headers: response.headers, text: answer, json: parsed(answer) };
  };
  return {
    send,
    /** What a request that must succeed returns. */
    async ok(method, path, body) {
      const { status, json, text } = await send(method, path, body);
      assert.equal(status, 200, text);
      assert.equal(json.status, "ok");
      assert.equal(typeof json.time, "number");
      return json.result;
    },
    /** Checks that a request fails with this status and these words. */
    async fails(status, words, method, path, body) {
      const answer = await send(method, path, body);
      assert.equal(answer.status, status, answer.text);
      assert.match(answer.json?.status?.error ?? answer.text, words);
    },
  };
}

const credentials = () => (process.env.QDRANT_API_KEY ? { "api-key": process.env.QDRANT_API_KEY } : {});

/** The status of a path as it is; `fetch` would tidy it first. */
export const statusOfPath = (url, path) =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    get({ hostname, port, path }, (response) => resolve(response.resume().statusCode)).on("error", reject);
  });

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A name that no other test has. */
export const unusedName = () => `vecseal test ${randomBytes(6).toString("hex")} é`;

/** Makes a collection, hands over its path, and deletes it. */
export async function withCollection(server, settings, use) {
  const path = `/collections/${encodeURIComponent(unusedName())}`;
  assert.equal(await server.ok("PUT", path, settings), true);
  try {
    return await use(path);
  } finally {
    await server.send("DELETE", path);
  }
}
