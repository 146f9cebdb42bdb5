// In a page: HR, finance and legal, and three people. Nothing of it runs anywhere else.

/** Runs on a Qdrant, and on the same through a proxy that cheats; returns what each person found. */
export async function scenario({ AccessStructure, Authority, EncryptedCollection, init }, { url, cheatingUrl, apiKey, name }) {
  await init();
  const structure = new AccessStructure({ departments: ["finance", "hr", "legal"], roles: ["analyst", "manager"] });
  const authority = Authority.generate(structure);
  const search = { dimension: 64, metric: "cosine", preset: "balanced" };
  const writing = await EncryptedCollection.create({ url, apiKey, name, authority, search });
  const documents = [
    ["departments:hr && roles:manager", "Salaries rise by three percent in April"],
    ["departments:hr && roles:manager", "Salaries of contractors stay as they are"],
    ["departments:finance", "The bank extends our credit line until June"],
    ["departments:legal", "The lawsuit over the lease was settled"],
    ["departments:hr || departments:legal", "New contracts need a notice period of two months"],
    ["*", "The canteen is closed on Friday"],
  ].map(([policy, content], index) => ({ id: index + 1, vector: embed(content), content, policy }));
  const { written, failures } = await writing.upsert(documents);

  const people = {
    manager: { departments: ["hr"], roles: ["manager"] },
    accountant: { departments: ["finance"], roles: ["analyst"] },
    lawyer: { departments: ["legal"], roles: ["manager"] },
  };
  const query = embed("salaries of contractors");
  const ranked = [...documents].sort((a, b) => cosine(query, b.vector) - cosine(query, a.vector)).map(({ id }) => id);
  const found = {};
  for (const [person, attributes] of Object.entries(people)) {
    const user = authority.issueUserKey(attributes);
    const honest = await EncryptedCollection.open({ url, apiKey, name, user });
    const { hits, cost } = await honest.search(query);
    const cheated = await EncryptedCollection.open({ url: cheatingUrl, apiKey, name, user });
    const seen = await cheated.search(query);
    const first = await cheated.get([1]);
    found[person] = {
      hits: hits.map(({ id }) => id),
      texts: hits.every(({ id, content }) => content === documents[id - 1].content),
      refused: [cost.denied, cost.tampered],
      cheated: { hits: seen.hits.map(({ id }) => id), denied: seen.cost.denied > 0, first: first[0].code ?? "opens" },
    };
  }
  return { written, failures: failures.length, ranked, found };
}

const cosine = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0) / Math.hypot(...a) / Math.hypot(...b);

/** A stand-in for an embedding model: counts pairs of letters. */
function embed(text) {
  const vector = new Float32Array(64);
  const letters = text.toLowerCase().replace(/[^a-z ]/g, "");
  for (let index = 1; index < letters.length; index += 1) {
    vector[(letters.charCodeAt(index - 1) * 31 + letters.charCodeAt(index)) % 64] += 1;
  }
  return vector;
}
