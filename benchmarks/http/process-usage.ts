import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

const KILOBYTES_PER_MEGABYTE = 1_024;
const ticksPerSecond = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

/** User and system time that processes and their children have had so far, by the kernel's counters. */
export function cpuSecondsOf(pids: readonly number[]): number {
  return sum(familyOf(pids).map(cpuSeconds));
}

/** What processes and their children keep in memory. */
export function residentMegabytesOf(pids: readonly number[]): number {
  return sum(familyOf(pids).map(residentMegabytes));
}

/** Processes and, below them, their children: a worker of nginx or gunicorn is its master's. */
export function familyOf(pids: readonly number[]): readonly number[] {
  return pids.flatMap((pid) => [pid, ...familyOf(childrenOf(pid))]);
}

function childrenOf(pid: number): readonly number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" ").filter(Boolean).map(Number),
  );
}

function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name in parentheses may have blanks. After it come the fields from the third on: the times are the 14th and 15th.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

function residentMegabytes(pid: number): number {
  const kilobytes = /^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kilobytes ?? 0) / KILOBYTES_PER_MEGABYTE;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
