// The embedded engine as a process of its own, on a free port. `cargo xtask test` says where its program is.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** An embedded engine that runs. */
export class Server {
  constructor(child, url, errors, temporary) {
    this.child = child;
    this.url = url;
    this.errors = errors;
    this.temporary = temporary;
  }

  /** Starts one: with options, with these variables of the environment, and with a folder of its own for what is temporary;
   *  it may open so many `files`. */
  static async start(options = [], environment = {}, { files } = {}) {
    const program = process.env.VECSEAL_SERVER;
    if (!program) {
      throw new Error("VECSEAL_SERVER is not set: run these tests by `cargo xtask test`");
    }
    const temporary = emptyFolder();
    const own = { QDRANT__SERVICE__HTTP_PORT: "0", TMPDIR: temporary };
    const [command, ...all] = files ? ["sh", "-c", `ulimit -n ${files}; exec "$0" "$@"`, program, ...options] : [program, ...options];
    const child = spawn(command, all, { env: { ...clean(), ...own, ...environment } });
    const ended = once(child, "exit");
    const errors = [];
    child.stderr.on("data", (chunk) => errors.push(chunk.toString()));
    for await (const line of createInterface({ input: child.stdout })) {
      const url = line.match(/^listening on (http:\S+)$/)?.[1];
      if (url) {
        return new Server(child, url, errors, temporary);
      }
    }
    await ended;
    removeEmpty(temporary);
    throw new Error(`the server did not start: ${errors.join("")}`);
  }

  /** Ends it, gently or not. If gently, nothing temporary may be left. */
  async stop(signal = "SIGTERM") {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = once(this.child, "exit");
      this.child.kill(signal);
      await ended;
      if (signal === "SIGKILL") {
        rmSync(this.temporary, { recursive: true, force: true });
      } else {
        removeEmpty(this.temporary);
      }
    }
  }
}

const emptyFolder = () => mkdtempSync(join(tmpdir(), "vecseal-test-"));

function removeEmpty(folder) {
  const left = readdirSync(folder);
  rmSync(folder, { recursive: true, force: true });
  assert.deepEqual(left, [], "the server left something temporary");
}

/** Hands over an empty folder, and removes it. */
export async function withFolder(use) {
  const folder = emptyFolder();
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The environment without what the server reads from it. */
const clean = () => Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("QDRANT__")));

/** Starts a server, hands it over, and ends it. */
export async function withServer(use, options, environment, limits) {
  const server = await Server.start(options, environment, limits);
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
