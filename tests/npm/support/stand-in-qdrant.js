// A stand-in for a Qdrant server: the few calls of the recipe, compared by brute force. It shows that the recipe's
// steps fit together; with QDRANT_URL set, the tests use that server instead.

import { createServer } from "node:http";

const cosine = (a, b) => a.reduce((sum, x, index) => sum + x * b[index], 0) / Math.hypot(...a) / Math.hypot(...b);

const at = (payload, path) => path.split(".").reduce((value, name) => value?.[name], payload);

const matches = (payload, filter) =>
  (filter?.must ?? []).every(({ key, match }) => at(payload, key) === match.value);

const calls = {
  "PUT ": (collection) => ((collection.points = new Map()), true),
  "PUT /index": () => ({ operation_id: 0, status: "completed" }),
  "PUT /points"(collection, { points }) {
    points.forEach((point) => collection.points.set(point.id, point));
    return { operation_id: 1, status: "completed" };
  },
  "POST /points/scroll": (collection) => ({ points: [...collection.points.values()], next_page_offset: null }),
  "POST /points/query"(collection, { query, filter, limit }) {
    const found = [...collection.points.values()].filter(({ payload }) => matches(payload, filter));
    const points = found.map((point) => ({ ...point, version: 0, score: cosine(query, point.vector) }));
    return { points: points.sort((a, b) => b.score - a.score).slice(0, limit) };
  },
};

/** Hands over the URL of a server, and stops it. */
export async function withQdrant(use) {
  if (process.env.QDRANT_URL) {
    return use(process.env.QDRANT_URL);
  }
  const collections = {};
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const [, name, call] = pathname.match(/^\/collections\/([^/]+)(.*)$/) ?? [];
    const body = await collect(request);
    const handle = calls[`${request.method} ${call}`];
    const result = handle?.((collections[name] ??= {}), body.length ? JSON.parse(Buffer.concat(body)) : {});
    response.writeHead(handle ? 200 : 404, { "content-type": "application/json" });
    response.end(JSON.stringify({ result: result ?? null, status: handle ? "ok" : { error: "no such call" }, time: 0 }));
  });
  await new Promise((resume) => server.listen(0, "127.0.0.1", resume));
  try {
    return await use(`http://127.0.0.1:${server.address().port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) {
    chunks.push(chunk);
  }
  return chunks;
}
