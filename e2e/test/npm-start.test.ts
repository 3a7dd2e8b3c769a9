import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "@coatcheck/throwaway-servers";
import { expect, test, vi } from "vitest";
import { announcedUrl, placeSongs } from "../support/gateway.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const commands = [
  { command: "npm start", words: ["start"], path: "/auth/heartbeat" },
  { command: "npm run example:article", words: ["run", "example:article"], path: "/heartbeat" },
];

test.each(commands)("$command leaves no server behind when it is told to end", async ({ words, path }) => {
  const folder = await mkdtemp(join(tmpdir(), "coatcheck-npm-"));
  await placeSongs(folder);
  const ports = { PORT: await freePort(), FILES_PORT: await freePort(), LIBRARY_PORT: await freePort() };
  const environment = Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)]));
  // Without the build that comes before: it would write what other tests read.
  const npm = spawn("npm", [...words, "--ignore-scripts"], {
    cwd: ROOT,
    env: { ...process.env, ...environment, COATCHECK_DATA: folder },
    stdio: ["ignore", "pipe", "pipe"],
    // A process group, so that what npm left behind can be ended here.
    detached: true,
  });
  try {
    const url = await announcedUrl(npm);
    expect((await fetch(url + path)).status).toBe(200);
    npm.kill("SIGTERM");
    await once(npm, "exit");
    await vi.waitUntil(() => isRefused(url + path), { timeout: 20_000 });
  } finally {
    endGroup(npm.pid);
    await rm(folder, { recursive: true, force: true });
  }
});

function isRefused(url: string): Promise<boolean> {
  return fetch(url).then(
    () => false,
    () => true,
  );
}

function endGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, "SIGKILL");
  } catch {
    // As it should be: there is no process left in it.
  }
}
