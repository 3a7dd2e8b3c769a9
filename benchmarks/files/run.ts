import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compare, type Pace } from "../http/compare.ts";
import { type Aim, addAims, addComparison } from "../http/comparison-tables.ts";
import { stayOnClientCore } from "../http/cores.ts";
import { median } from "../median.ts";
import type { Question } from "../question.ts";
import { report } from "../report.ts";
import type { Results } from "../results.ts";
import {
  BY_PASS,
  type FileContestant,
  fileService,
  LARGE_FILE,
  nginxes,
  PLAIN,
  plainFastify,
  SMALL_FILES,
} from "./contestants.ts";
import { type Download, download } from "./download.ts";
import { PassOffice } from "./pass-office.ts";

const MEGABYTE = 1_048_576;
const LARGE_MEGABYTES = 100;
const SMALL_BYTES = 4_096;
const CONNECTIONS = 32;
const aims: readonly Aim[] = [{ of: BY_PASS, to: PLAIN, atLeast: 1 }];

/** What does it cost a file service to look at a pass, for large files and for small ones? */
export const runFiles: Question = async ({ pace, wants }, results) => {
  stayOnClientCore();
  const folder = await mkdtemp(join(tmpdir(), "coatcheck-bench-files-"));
  const office = await PassOffice.open();
  const all: FileContestant[] = [];
  try {
    report(`writing ${LARGE_MEGABYTES} MB, and ${SMALL_FILES} files of ${SMALL_BYTES} bytes`);
    await writeFiles(folder);
    all.push(await plainFastify(folder), await fileService(folder, office), ...(await nginxes(folder)));
    const contestants = all.filter(({ small }) => wants(small.name) || small.name === PLAIN);
    const small = contestants.map((each) => each.small);
    const comparison = await compare(small, CONNECTIONS, pace);
    addComparison(results, comparison, () => PLAIN);
    addAims(results, comparison, aims);
    await compareDownloads(contestants, pace, results);
  } finally {
    await Promise.all(all.map((each) => each.stop()));
    office.close();
    await rm(folder, { recursive: true });
  }
};

async function writeFiles(folder: string): Promise<void> {
  // nginx runs as another user.
  await chmod(folder, 0o755);
  const large = await open(join(folder, LARGE_FILE), "w");
  for (let written = 0; written < LARGE_MEGABYTES; written++) await large.write(randomBytes(MEGABYTE));
  await large.close();
  for (let index = 0; index < SMALL_FILES; index++) {
    await writeFile(join(folder, `${index}.bin`), randomBytes(SMALL_BYTES));
  }
}

async function compareDownloads(contestants: readonly FileContestant[], pace: Pace, results: Results): Promise<void> {
  const downloads = new Map<string, Download[]>(contestants.map(({ small }) => [small.name, []]));
  for (let round = 1 - pace.warmUpRounds; round <= pace.rounds; round++) {
    report(round > 0 ? `downloads, round ${round} of ${pace.rounds}` : "warming up");
    for (const { small, large } of contestants) {
      const result = await download(small.port, large, small.processes);
      if (round > 0) downloads.get(small.name)?.push(result);
    }
  }
  results.addTable(
    [`${LARGE_MEGABYTES} MB, one at a time`, "MB/s", "CPU ms a MB"],
    [...downloads].map(([name, rounds]) => [
      name,
      median(rounds.map(({ megabytesPerSecond }) => megabytesPerSecond)).toFixed(0),
      median(rounds.map(({ cpuMillisecondsPerMegabyte }) => cpuMillisecondsPerMegabyte)).toFixed(2),
    ]),
  );
}
