import { execFile } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Client, Load, LoadResult } from "./load.ts";

const MICROSECONDS = 1_000;
/** A contestant that is this slow is broken. */
const TIMEOUT = "10s";

/** wrk with one thread, which is told the requests by a script in Lua. */
export class WrkClient implements Client {
  readonly name = "wrk";
  readonly #script = join(tmpdir(), `coatcheck-bench-${process.pid}.lua`);

  async run({ port, requests, connections, seconds }: Load): Promise<LoadResult> {
    await writeFile(this.#script, scriptOf(requests));
    const options = ["--threads", "1", "--connections", String(connections), "--duration", `${seconds}s`];
    const { stdout } = await promisify(execFile)("wrk", [
      ...options,
      "--timeout",
      TIMEOUT,
      "--script",
      this.#script,
      `http://127.0.0.1:${port}/`,
    ]).finally(() => rm(this.#script, { force: true }));
    const line = /^RESULT (.*)$/m.exec(stdout)?.[1];
    if (line === undefined) throw new Error(`wrk printed no result:\n${stdout}`);
    const [answers = 0, microseconds = 0, refused = 0, failed = 0, p50 = 0, p99 = 0, cpu = 0] = line
      .split(" ")
      .map(Number);
    return {
      answers,
      refused,
      failed,
      seconds: microseconds / 1e6,
      p50Milliseconds: p50 / MICROSECONDS,
      p99Milliseconds: p99 / MICROSECONDS,
      clientCpuSeconds: cpu,
    };
  }

  async stop(): Promise<void> {}
}

/** JSON's strings are Lua's, for what can be in a header. */
function scriptOf(requests: readonly string[]): string {
  return `
local requests = {${requests.map((text) => JSON.stringify(text)).join(",\n")}}
local last = 0
request = function()
  last = last % #requests + 1
  return requests[last]
end
done = function(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format("RESULT %d %d %d %d %f %f %f\\n", summary.requests, summary.duration, errors.status, failed,
    latency:percentile(50), latency:percentile(99), os.clock()))
end
`;
}
