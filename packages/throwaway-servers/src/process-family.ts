import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MILLISECONDS = 5;

/**
 * Stops a process and its children at once and names them all, itself first. It is stopped before they are listed, so
 * that none is born in between. Postgres needs the list: each of its processes leads a group of its own.
 */
export function stopFamily(pid: number): readonly number[] {
  signal(pid, "SIGSTOP");
  const children = childrenOf(pid);
  for (const child of children) signal(child, "SIGSTOP");
  return [pid, ...children];
}

export function continueFamily(pid: number): void {
  for (const member of [...childrenOf(pid), pid]) signal(member, "SIGCONT");
}

export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

export async function untilGone(pids: readonly number[]): Promise<void> {
  while (!pids.every(isGone)) await sleep(POLL_MILLISECONDS);
}

function childrenOf(pid: number): readonly number[] {
  const list = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  return list.split(" ").filter(Boolean).map(Number);
}

/** A zombie counts as gone: once all its threads have ended, it holds no port, file or memory any more. */
function isGone(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const hasEnded = /^ [ZX]/.test(stat.slice(stat.lastIndexOf(")") + 1));
    return hasEnded && readdirSync(`/proc/${pid}/task`).length <= 1;
  } catch {
    return true;
  }
}
