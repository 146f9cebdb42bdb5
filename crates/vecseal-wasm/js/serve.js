// What a worker of the pool does, whatever a worker is on this platform.

/** Returns the function that takes a message; `post(message, transfer)` answers. */
export function serve({ Compartment, init, post }) {
  const compartments = new Map();
  let ready;
  return async (message) => {
    if (message.type === "start") {
      ready = init({ wasm: message.wasm });
    }
    await ready;
    if (message.type === "open") {
      try {
        compartments.set(message.batch, Compartment.fromBytes(message.bytes));
      } finally {
        message.bytes.fill(0);
      }
    } else if (message.type === "shut") {
      compartments.get(message.batch)?.free();
      compartments.delete(message.batch);
    } else if (message.type === "run") {
      const compartment = compartments.get(message.batch);
      const answers = [];
      while (compartment && answers.length < message.points.length) {
        compartment[message.kind === "seal" ? "sealSlice" : "openSlice"](message.points, answers);
      }
      post({ question: message.question, answers: answers.map(plain) }, answers.flatMap(buffers));
    }
  };
}

/** A result as it can be sent: classes do not survive that. */
function plain(result) {
  if (result.ok) {
    return result;
  }
  const { code, message, start, end } = result.error;
  return { ...result, error: { code, message, start, end } };
}

/** The memory of a result, given away. */
const buffers = ({ value }) =>
  [value?.record, value?.searchVector, value?.vector, value?.content].filter(ArrayBuffer.isView).map((view) => view.buffer);
