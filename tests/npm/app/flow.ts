// What a user's program does, with every type written out: the packaging tests check and run it.

import {
  AccessStructure,
  Authority,
  Policy,
  fromBase64Url,
  init,
  isVecsealError,
  rerank,
  toBase64Url,
  type BatchResult,
  type Compartment,
  type Hit,
  type OpenedPoint,
  type SealedPoint,
  type UserKey,
} from "vecseal";
import { WorkerPool } from "vecseal/worker";

interface Title {
  title: string;
  subtitle?: string;
}

interface Outcome {
  content: unknown;
  denied: string;
  nearest: Hit["id"] | undefined;
  sealed: number;
}

export async function flow(): Promise<Outcome> {
  await init();
  const structure = new AccessStructure({ roles: ["analyst", "manager"], departments: ["hr", "finance"] });
  const authority: Authority = Authority.generate(structure);
  const policy = new Policy("departments:hr && roles:manager", structure);
  const { compartment, header } = authority.createCompartment(policy, { dimension: 8, metric: "cosine" });
  const content: Title = { title: "Salaries 2026" };
  const sealed: SealedPoint = compartment.seal({ id: 7, vector: vector(7), content });
  const payload: string = toBase64Url(sealed.record);

  const manager: UserKey = authority.issueUserKey({ departments: ["hr"], roles: ["manager"] });
  const opened: OpenedPoint = manager.open(header).open({ id: 7, record: fromBase64Url(payload) });

  const pool = new WorkerPool({ size: 2 });
  const points = Array.from({ length: 300 }, (_, id) => ({ id, vector: vector(id), content: `text ${id}` }));
  const results: BatchResult<SealedPoint>[] = await pool.sealMany(compartment, points);
  pool.close();
  const records = results.flatMap((result) => (result.ok ? [result.value] : []));
  const candidates = (await compartment.openMany(records)).flatMap((result) => (result.ok ? [result.value] : []));
  const [nearest] = rerank(vector(42), candidates, { limit: 1 });

  return { content: opened.content, denied: denied(authority, header), nearest: nearest?.id, sealed: records.length };
}

function denied(authority: Authority, header: Uint8Array): string {
  try {
    const compartment: Compartment = authority.issueUserKey({ departments: ["finance"] }).open(header);
    return `opened ${compartment.cid}`;
  } catch (error) {
    if (isVecsealError(error, "access_denied")) {
      const code: "access_denied" = error.code;
      return code;
    }
    throw error;
  }
}

const vector = (seed: number) => Float32Array.from({ length: 8 }, (_, index) => Math.sin(seed * 12.9898 + index * 78.233));
