import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { runAuthenticate } from "./authenticate/run.ts";
import { runDurability } from "./durability/run.ts";
import { runFiles } from "./files/run.ts";
import { runFootprint } from "./footprint/run.ts";
import { runFrameworks } from "./frameworks/run.ts";
import { FULL_PACE, QUICK_PACE } from "./http/compare.ts";
import { runLoginFlood } from "./login-flood/run.ts";
import { runLoginTiming } from "./login-timing/run.ts";
import { runMemory } from "./memory/run.ts";
import { runNearCache } from "./near-cache/run.ts";
import { runOpenConnections } from "./open-connections/run.ts";
import { runPeers } from "./peers/run.ts";
import { runPostgres } from "./postgres/run.ts";
import { runProxy } from "./proxy/run.ts";
import type { Question } from "./question.ts";
import { runRedis } from "./redis/run.ts";
import { Results } from "./results.ts";
import { runRevocationDelay } from "./revocation-delay/run.ts";
import { runRevokeAll } from "./revoke-all/run.ts";

/** Each question is a folder with a README that says what is compared and why, and what came out where. */
const overHttp: Readonly<Record<string, Question>> = {
  frameworks: runFrameworks,
  peers: runPeers,
  proxy: runProxy,
  files: runFiles,
  memory: runMemory,
};

const others: Readonly<Record<string, () => Promise<void>>> = {
  authenticate: runAuthenticate,
  redis: runRedis,
  postgres: runPostgres,
  footprint: runFootprint,
  "login-flood": runLoginFlood,
  "login-timing": runLoginTiming,
  "open-connections": runOpenConnections,
  "near-cache": runNearCache,
  "revoke-all": runRevokeAll,
  "revocation-delay": runRevocationDelay,
  durability: runDurability,
};

const USAGE = `Usage: npm run bench -- <question> [options]

Over HTTP: ${Object.keys(overHttp).join(", ")}
  --quick      about two minutes, or five for memory: fewer and shorter rounds, for a first look
  --only TEXT  only contestants whose name contains TEXT, and what they are held against; can be given several times
  --against DIR  frameworks and proxy: each of ours twice, once with the built checkout in DIR; both need one API
  --write      puts the result into the README of the question, after a whole run

Others: ${Object.keys(others).join(", ")}
  They take no options. authenticate and footprint log in millions of users first: minutes, and 3 GB of memory.

Each question has a README that says what it compares. The result goes to standard output, progress to standard error.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    help: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    only: { type: "string", multiple: true, default: [] },
    against: { type: "string" },
    write: { type: "boolean", default: false },
  },
});

const [name = ""] = positionals;
const question = Object.hasOwn(overHttp, name) ? overHttp[name] : undefined;
const other = Object.hasOwn(others, name) ? others[name] : undefined;
const hasOptions = process.argv.length > 3;
/** Those that can start another build. */
const isAgainst = values.against === undefined || name === "frameworks" || name === "proxy";

/** A README has all contestants, at the full pace, and no other checkout. */
const isWhole = !values.quick && values.only.length === 0 && values.against === undefined;

if (values.help || name === "") console.log(USAGE);
else if (values.write && !isWhole) {
  console.error("--write needs a whole run: without --quick, --only and --against.");
  process.exitCode = 2;
} else if (question !== undefined && isAgainst) await answer(question);
else if (other !== undefined && !hasOptions) await other();
else {
  console.error(question === undefined && other === undefined ? USAGE : `${name} takes no such option.`);
  process.exitCode = 2;
}

async function answer(question: Question): Promise<void> {
  const { quick, only, write, against } = values;
  const otherBuild = against === undefined ? undefined : resolve(against);
  const wants = (contestant: string) => only.length === 0 || only.some((text) => contestant.includes(text));
  const results = new Results();
  await question({ pace: quick ? QUICK_PACE : FULL_PACE, quick, wants, otherBuild }, results);
  results.print();
  if (write) await results.write(name);
}
