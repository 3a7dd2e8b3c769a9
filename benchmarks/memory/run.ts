import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bare, bareOf, ours } from "../applications/applications.ts";
import { withApplications } from "../applications/with-applications.ts";
import { coresNote, stayOnClientCore } from "../http/cores.ts";
import { startClient } from "../http/start-client.ts";
import type { Question } from "../question.ts";
import { report } from "../report.ts";
import { BARE_PROXY, gatewayNames, withGateway } from "./gateways.ts";
import { type Growth, growthOf, MILLION, QUICK } from "./growth.ts";
import { HEAP_FLAGS, heapBytesOf } from "./heap.ts";

/** Of the heap before: by so much more than the bare server's heap may a heap grow. */
const TOLERANCE = 0.05;
const BYTES_PER_MEGABYTE = 1_048_576;

/** Is a request, a response or a session kept longer than a bare server keeps it? */
export const runMemory: Question = async ({ quick, wants }, results) => {
  stayOnClientCore();
  const pace = quick ? QUICK : MILLION;
  const client = await startClient();
  const growths = new Map<string, Growth>();
  const folder = await mkdtemp(join(tmpdir(), "coatcheck-bench-memory-"));
  try {
    const wanted = Object.keys(ours).filter(wants);
    for (const name of new Set([
      ...Object.keys(bare).filter((each) => wanted.some((one) => bareOf(one) === each)),
      ...wanted,
    ])) {
      await withApplications([{ name, flags: HEAP_FLAGS }], async ([served]) => {
        if (served === undefined) return;
        report(`asking ${name} ${pace.requests.toLocaleString("en")} times`);
        growths.set(name, await growthOf(client, served.contestant, () => heapBytesOf(served), pace));
      });
    }
    const gateways = gatewayNames.filter(wants);
    for (const name of gateways.length === 0 ? [] : new Set([BARE_PROXY, ...gateways])) {
      await withGateway(name, folder, async (contestant, heapBytes) => {
        report(`asking ${name} ${pace.requests.toLocaleString("en")} times`);
        growths.set(name, await growthOf(client, contestant, heapBytes, pace));
      });
    }
  } finally {
    await client.stop();
    await rm(folder, { recursive: true });
  }
  results.addNotes([
    coresNote(),
    `A heap may grow by ${TOLERANCE * 100} % of itself more than that of the bare server.`,
  ]);
  results.addTable(
    ["Heap in use, collected", "requests", "before, MB", "after, MB", "growth", "of the bare server", ""],
    [...growths].map(([name, growth]) => rowOf(name, growth, growths)),
  );
};

function rowOf(name: string, growth: Growth, growths: ReadonlyMap<string, Growth>): readonly string[] {
  const base = growths.get(name.includes("gateway") ? BARE_PROXY : bareOf(name)) ?? growth;
  const verdict = base === growth ? "–" : shareOf(growth) <= shareOf(base) + TOLERANCE ? "met" : "missed";
  return [
    name,
    growth.requests.toLocaleString("en"),
    megabytes(growth.bytesBefore),
    megabytes(growth.bytesAfter),
    percent(shareOf(growth)),
    percent(shareOf(base)),
    verdict,
  ];
}

function shareOf({ bytesBefore, bytesAfter }: Growth): number {
  return (bytesAfter - bytesBefore) / bytesBefore;
}

const megabytes = (bytes: number) => (bytes / BYTES_PER_MEGABYTE).toFixed(2);
const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
