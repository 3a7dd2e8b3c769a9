import { readFileSync } from "node:fs";

export interface ProgramUser {
  readonly uid: number;
  readonly gid: number;
}

/** A user for programs that refuse to run as root. Undefined where this process is not root and needs no other user. */
export function unprivilegedUser(): ProgramUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  const [, , uid, gid] = users.find(([name]) => name === "postgres") ?? users.find(([name]) => name === "nobody") ?? [];
  if (uid === undefined || gid === undefined) throw new Error("There is no user `postgres` or `nobody` to run it as.");
  return { uid: Number(uid), gid: Number(gid) };
}
