import { findProgram, missingMessage, type Program } from "./programs.ts";

/** Says where a server already is, so that none need be started. */
export type UrlVariable = "TEST_REDIS_URL" | "TEST_REDIS_CLUSTER_URL" | "TEST_REDIS_SENTINEL_URL" | "TEST_POSTGRES_URL";

/**
 * Whether tests have to be skipped, for `describe.skipIf`: the program is not installed, and no variable says where a
 * server is instead. That is said on standard error. In CI, where nothing may be skipped unseen, it throws.
 */
export function missingProgram(program: Program, insteadOf?: UrlVariable): boolean {
  if (insteadOf !== undefined && process.env[insteadOf]) return false;
  if (findProgram(program) !== undefined) return false;
  if (process.env.CI === "true") throw new Error(missingMessage(program));
  process.stderr.write(`\nSKIPPED: ${missingMessage(program)}\n`);
  return true;
}
