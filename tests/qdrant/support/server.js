// The embedded engine as a process of its own, on a free port. `cargo xtask test` says where its program is.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** An embedded engine that runs. */
export class Server {
  constructor(child, url, errors) {
    this.child = child;
    this.url = url;
    this.errors = errors;
  }

  /** Starts one: with options, and with these variables of the environment. */
  static async start(options = [], environment = {}) {
    const program = process.env.VECSEAL_SERVER;
    if (!program) {
      throw new Error("VECSEAL_SERVER is not set: run these tests by `cargo xtask test`");
    }
    const child = spawn(program, options, { env: { ...clean(), QDRANT__SERVICE__HTTP_PORT: "0", ...environment } });
    const errors = [];
    child.stderr.on("data", (chunk) => errors.push(chunk.toString()));
    for await (const line of createInterface({ input: child.stdout })) {
      const url = line.match(/^listening on (http:\S+)$/)?.[1];
      if (url) {
        return new Server(child, url, errors);
      }
    }
    throw new Error(`the server did not start: ${errors.join("")}`);
  }

  /** Ends it, gently or not. */
  async stop(signal = "SIGTERM") {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = once(this.child, "exit");
      this.child.kill(signal);
      await ended;
    }
  }
}

/** The environment without what the server reads from it. */
const clean = () => Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("QDRANT__")));

/** Starts a server, hands it over, and ends it. */
export async function withServer(use, options, environment) {
  const server = await Server.start(options, environment);
  try {
    return await use(server);
  } finally {
    await server.stop();
  }
}

/** Hands over the URL of a Qdrant: the one that QDRANT_URL names, or an embedded one for the time. */
export function withQdrant(use) {
  return process.env.QDRANT_URL ? use(process.env.QDRANT_URL) : withServer(({ url }) => use(url));
}
