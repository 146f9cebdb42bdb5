// Reads or writes a collection as the other implementation's tests ask on standard input; answers on standard output.

import { text } from "node:stream/consumers";

import { vecseal } from "./vecseal.js";

const { Authority, EncryptedCollection, UserKey, fromBase64Url } = vecseal;

const { url, name, user, authority, search, policy, documents = [], query } = JSON.parse(await text(process.stdin));
const collection = await EncryptedCollection.open({
  url,
  name,
  user: user && UserKey.fromBytes(fromBase64Url(user)),
  authority: authority && Authority.fromBytes(fromBase64Url(authority)),
  search,
});
const { written, created } = await collection.upsert(documents, { policy });
const { hits } = await collection.search(query, { limit: 100, verifyVectors: true });
const got = await collection.get(hits.map(({ id }) => id));
console.log(
  JSON.stringify({
    written,
    created,
    compartments: collection.compartments.length,
    hits: hits.map(({ id, score, content, public: open }) => ({ id, score, content, public: open })),
    opened: got.filter(({ ok }) => ok).length,
  }),
);
