import { randomBytes } from "node:crypto";
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import autocannon from "autocannon";
import { median } from "../median.ts";
import { printTable, report } from "../report.ts";
import { ServedProcess } from "../served-process.ts";
import { PassOffice } from "./pass-office.ts";

const MEGABYTE = 1_048_576;
const LARGE_MEGABYTES = 100;
const SMALL_BYTES = 4_096;
const SMALL_FILES = 100;
const CONNECTIONS = 32;
const ROUNDS = 9;
const SECONDS_PER_TURN = 2;

interface Contestant {
  readonly name: string;
  readonly url: string;
  readonly process: ServedProcess;
  readonly large: string;
  readonly small: readonly string[];
  readonly megabytesPerSecond: number[];
  readonly requestsPerSecond: number[];
}

/** What does it cost a file service to look at a pass, for large files and for small ones? */
export async function runFiles(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "coatcheck-bench-files-"));
  const office = await PassOffice.open();
  try {
    report(`writing ${LARGE_MEGABYTES} MB, and ${SMALL_FILES} files of ${SMALL_BYTES} bytes`);
    await writeFiles(folder);
    const contestants = [await plain(folder), await byPass(folder, office)];
    // The first round warms up.
    for (let round = 0; round <= ROUNDS; round++) {
      if (round > 0) report(`round ${round} of ${ROUNDS}`);
      for (const each of contestants) {
        each.megabytesPerSecond.push(await downloadRate(each.url + each.large));
        each.requestsPerSecond.push(await requestRate(each));
      }
    }
    printResults(contestants);
    for (const { process } of contestants) process.stop();
  } finally {
    office.close();
    await rm(folder, { recursive: true });
  }
}

async function writeFiles(folder: string): Promise<void> {
  const large = await open(join(folder, "large.bin"), "w");
  for (let written = 0; written < LARGE_MEGABYTES; written++) await large.write(randomBytes(MEGABYTE));
  await large.close();
  for (let index = 0; index < SMALL_FILES; index++) {
    await writeFile(join(folder, `${index}.bin`), randomBytes(SMALL_BYTES));
  }
}

async function plain(folder: string): Promise<Contestant> {
  const process = await ServedProcess.start(new URL("./serve.js", import.meta.url), ["plain", folder]);
  const small = Array.from({ length: SMALL_FILES }, (_, index) => `/${index}.bin`);
  return contestant("Fastify with @fastify/static, no check", process, "/large.bin", small);
}

async function byPass(folder: string, office: PassOffice): Promise<Contestant> {
  const process = await ServedProcess.start(new URL("./serve.js", import.meta.url), ["pass", folder, office.url]);
  const audience = `http://localhost:${process.port}`;
  const withPass = async (path: string) => `${path}?token=${await office.passFor(audience, path)}`;
  const small: string[] = [];
  for (let index = 0; index < SMALL_FILES; index++) small.push(await withPass(`/${index}.bin`));
  return contestant("the file service, by pass", process, await withPass("/large.bin"), small);
}

function contestant(name: string, process: ServedProcess, large: string, small: readonly string[]): Contestant {
  const url = `http://127.0.0.1:${process.port}`;
  return { name, url, process, large, small, megabytesPerSecond: [], requestsPerSecond: [] };
}

/** Of one download, as fast as it comes. */
function downloadRate(url: string): Promise<number> {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (response) => {
      if (response.statusCode !== 200) return reject(new Error(`A download was answered ${response.statusCode}.`));
      let bytes = 0;
      response.on("data", (piece: Buffer) => {
        bytes += piece.length;
      });
      response.on("end", () => resolve(bytes / MEGABYTE / ((performance.now() - begun) / 1_000)));
      response.on("error", reject);
      return undefined;
    }).on("error", reject);
  });
}

async function requestRate({ name, url, small }: Contestant): Promise<number> {
  const requests = small.map((path) => ({ method: "GET" as const, path }));
  const result = await autocannon({ url, connections: CONNECTIONS, duration: SECONDS_PER_TURN, requests });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${name}: ${result.non2xx + result.errors} failed.`);
  return result.requests.total / result.duration;
}

function printResults(contestants: readonly Contestant[]): void {
  const rates = contestants.map(({ name, megabytesPerSecond, requestsPerSecond }) => ({
    name,
    // Without the round that warmed up.
    large: median(megabytesPerSecond.slice(1)),
    small: median(requestsPerSecond.slice(1)),
  }));
  const [base] = rates;
  const share = (value: number, whole = Number.NaN) => `${Math.round((value / whole) * 100)} %`;
  printTable(
    ["", `${LARGE_MEGABYTES} MB: MB per second`, "of plain", `${SMALL_BYTES} bytes: requests per second`, "of plain"],
    rates.map(({ name, large, small }) => [
      name,
      String(Math.round(large)),
      share(large, base?.large),
      Math.round(small).toLocaleString("en"),
      share(small, base?.small),
    ]),
  );
}
