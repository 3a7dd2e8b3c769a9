import { readFileSync } from "node:fs";

/** Whether a process is stopped by a signal, as the system sees it. */
export function isStopped(pid: number): boolean {
  return /\) T /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
}
