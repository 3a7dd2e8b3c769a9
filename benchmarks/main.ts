import { runAuthenticate } from "./authenticate/run.ts";
import { runDurability } from "./durability/run.ts";
import { runFiles } from "./files/run.ts";
import { runFootprint } from "./footprint/run.ts";
import { runFrameworks } from "./frameworks/run.ts";
import { runLoginFlood } from "./login-flood/run.ts";
import { runLoginTiming } from "./login-timing/run.ts";
import { runNearCache } from "./near-cache/run.ts";
import { runOpenConnections } from "./open-connections/run.ts";
import { runProxy } from "./proxy/run.ts";
import { runRedis } from "./redis/run.ts";
import { runRevocationDelay } from "./revocation-delay/run.ts";
import { runRevokeAll } from "./revoke-all/run.ts";

/** Each question is a folder with a README that says what is compared and why, and what came out where. */
const questions: Readonly<Record<string, () => Promise<void>>> = {
  authenticate: runAuthenticate,
  redis: runRedis,
  footprint: runFootprint,
  frameworks: runFrameworks,
  files: runFiles,
  proxy: runProxy,
  "login-flood": runLoginFlood,
  "login-timing": runLoginTiming,
  "open-connections": runOpenConnections,
  "near-cache": runNearCache,
  "revoke-all": runRevokeAll,
  "revocation-delay": runRevocationDelay,
  durability: runDurability,
};

const [name] = process.argv.slice(2);
const question = name !== undefined && Object.hasOwn(questions, name) ? questions[name] : undefined;
if (question === undefined) {
  console.log(
    `Usage: npm run bench -- <question>\n\nQuestions: ${Object.keys(questions).join(", ")}\n\nEach has a README that says what it compares. authenticate and footprint log in millions of users first: minutes, and\n3 GB of memory.`,
  );
  process.exitCode = name === undefined || name === "--help" ? 0 : 2;
} else {
  await question();
}
