// Empty projects outside of the repository, with the packed package installed as a user would.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { packageFolder, root } from "./vecseal.js";

const npm = (folder, ...options) => execFileSync("npm", options, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

/** Packs the package and returns what npm says of it, and the tarball's path. */
export function pack(folder) {
  const [packed] = Object.values(JSON.parse(npm(packageFolder, "pack", "--json", "--pack-destination", folder)));
  return { ...packed, tarball: join(folder, packed.filename) };
}

/** Makes a project with these files and the package as its only dependency, and hands over its folder. */
export function withProject(files, use) {
  const folder = mkdtempSync(join(tmpdir(), "vecseal-"));
  const finish = () => rmSync(folder, { recursive: true, force: true });
  try {
    write(folder, { "package.json": JSON.stringify({ name: "project", private: true, type: "module" }), ...files });
    npm(folder, "install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", pack(folder).tarball);
    const result = use(folder);
    return result instanceof Promise ? result.finally(finish) : (finish(), result);
  } catch (error) {
    finish();
    throw error;
  }
}

/** Puts packages of this repository's tools beside the package, as links. */
export function link(folder, names) {
  for (const name of names) {
    const path = join(folder, "node_modules", name);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(join(root, "node_modules", name), path);
  }
}

/** Writes files, given by name: their text, or the path of another file as a URL. */
export function write(folder, files) {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    if (content instanceof URL) {
      cpSync(content, path);
    } else {
      writeFileSync(path, content);
    }
  }
}
