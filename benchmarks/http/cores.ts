import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** The core of the contestants, and that of the client and everything else; `null` where there are none to choose from. */
const cores = chooseCores();

/**
 * Keeps this process on the client's core, and with it every process that it starts from now on: the client, Redis,
 * Postgres. Contestants are put onto a core of their own, so that what they cost is theirs alone.
 */
export function stayOnClientCore(): void {
  if (cores !== null) move(process.pid, cores.client);
}

/** What to tell the reader of the results. */
export function coresNote(): string {
  if (cores === null) return "Not pinned: this needs two cores and taskset. Client and server disturb each other.";
  return `Contestants on core ${cores.server}, the client and all other servers on core ${cores.client}.`;
}

/** A command as one that runs on the contestants' core. */
export function onServerCore(command: string, parameters: readonly string[]): [string, string[]] {
  if (cores === null) return [command, [...parameters]];
  return ["taskset", ["--cpu-list", cores.server, command, ...parameters]];
}

/** Moves processes that run already to the contestants' core. */
export function moveToServerCore(pids: readonly number[]): void {
  if (cores !== null) for (const pid of pids) move(pid, cores.server);
}

function move(pid: number, core: string): void {
  execFileSync("taskset", ["--all-tasks", "--cpu-list", "--pid", core, String(pid)], { stdio: "ignore" });
}

function chooseCores(): { readonly server: string; readonly client: string } | null {
  const [server, client] = allowedCores();
  if (server === undefined || client === undefined || !hasTaskset()) return null;
  return { server, client };
}

/** As the kernel lists them, such as "0-1,4". */
function allowedCores(): readonly string[] {
  if (process.platform !== "linux") return [];
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "";
  return list.split(",").flatMap((range) => {
    const [first = 0, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => String(first + index));
  });
}

function hasTaskset(): boolean {
  try {
    execFileSync("taskset", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
