/** What `flow` returns wherever it runs. */
export const expected = { content: { title: "Salaries 2026" }, denied: "access_denied", nearest: 42, sealed: 300 };
