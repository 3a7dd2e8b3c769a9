import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "@coatcheck/throwaway-servers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const program = fileURLToPath(new URL("../../bin/coatcheck.js", import.meta.url));
/** Their lines are more than a pipe holds. */
const REQUESTS = 600;
const LONGEST_ANSWER_MILLISECONDS = 10_000;
const LONGEST_END_MILLISECONDS = 15_000;

interface Service {
  readonly command: string;
  readonly path: string;
  environment(port: number, folder: string): Record<string, string>;
}

const services: readonly Service[] = [
  {
    command: "gateway",
    path: "/auth/me",
    environment: (port, folder) => ({ PORT: String(port), COATCHECK_DATA: folder }),
  },
  {
    command: "files",
    path: "/song.flac",
    environment: (port, folder) => ({
      FILES_PORT: String(port),
      COATCHECK_FILES_SOURCE: `folder:${folder}`,
      COATCHECK_ISSUER: "http://localhost:9",
    }),
  },
];

describe.each(services)("$command goes on answering, and ends when told to,", ({ command, path, environment }) => {
  let folder: string;
  let port: number;
  let child: ChildProcess;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "coatcheck-log-"));
    port = await freePort();
  });

  afterEach(() => {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  });

  async function start(stderr: number | "pipe"): Promise<void> {
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, HOST: "127.0.0.1", ...environment(port, folder) };
    child = spawn(process.execPath, [program, command], { env, stdio: ["ignore", "pipe", stderr] });
    const [first] = await Promise.race([once(child.stdout as NodeJS.ReadableStream, "data"), once(child, "exit")]);
    expect(String(first)).toMatch(/^http/);
  }

  async function expectAnswersAndAnEnd(): Promise<void> {
    for (let round = 0; round < REQUESTS; round += 50) {
      const answers = Array.from({ length: 50 }, () =>
        fetch(`http://127.0.0.1:${port}${path}`, {
          headers: { host: `localhost:${port}` },
          signal: AbortSignal.timeout(LONGEST_ANSWER_MILLISECONDS),
        }).then(async (response) => {
          await response.text();
          return response.status;
        }),
      );
      // Under another name than its own the gateway answers too, and writes as much.
      expect(new Set(await Promise.all(answers)).size).toBe(1);
    }
    const ended = once(child, "exit", { signal: AbortSignal.timeout(LONGEST_END_MILLISECONDS) });
    child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  }

  test.skipIf(!existsSync("/dev/full"))("on a full disk", async () => {
    const full = openSync("/dev/full", "a");
    await start(full);
    closeSync(full);
    await expectAnswersAndAnEnd();
  });

  test("with nothing that reads its log any more", async () => {
    await start("pipe");
    child.stderr?.destroy();
    await expectAnswersAndAnEnd();
  });

  test("with something that holds its log and does not read it", async () => {
    await start("pipe");
    child.stderr?.pause();
    await expectAnswersAndAnEnd();
  });
});
