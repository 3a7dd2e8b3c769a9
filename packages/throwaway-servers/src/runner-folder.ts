import { spawn } from "node:child_process";
import { chmodSync, chownSync, mkdtempSync, statfsSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProgramUser } from "./unprivileged-user.ts";

/** A server that runs has its process's id in this file of its folder, and the name of the signal that ends it. */
export const PROCESS_ID_FILE = "server.pid";

const MEMORY_FOLDER = "/dev/shm";
/** A container often has 64 MB there: too little for one Postgres. */
const NEEDED_BYTES = 1_000_000_000;

/**
 * Waits until this process is gone, however it went, which closes the pipe between them. Then it ends the servers,
 * paused ones too, and removes the folder. A second try follows for what a dying server wrote in the meantime.
 */
const WATCHER = `
cat >/dev/null
for file in "$1"/*/${PROCESS_ID_FILE}; do
  read -r pid signal <"$file" && kill -s "$signal" "$pid" && kill -s CONT $(cat "/proc/$pid/task/$pid/children") "$pid"
done
rm -rf "$1" || { sleep 1; rm -rf "$1"; }
`;

let runnerFolder: string | undefined;

/** Makes a folder for one server, which goes when this process does, at the latest. */
export function createFolder(user: ProgramUser | undefined): string {
  runnerFolder ??= createRunnerFolder();
  const folder = mkdtempSync(join(runnerFolder, "server-"));
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  return folder;
}

function createRunnerFolder(): string {
  const folder = mkdtempSync(join(roomInMemory() ? MEMORY_FOLDER : tmpdir(), "coatcheck-servers-"));
  // The servers' users pass through, and see nothing.
  chmodSync(folder, 0o711);
  // Detached, so that Control-C reaches this process alone; not referenced, so that this process may end before it.
  const watcher = spawn("sh", ["-c", WATCHER, "watcher", folder], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  watcher.unref();
  if (watcher.stdin instanceof Socket) watcher.stdin.unref();
  return folder;
}

function roomInMemory(): boolean {
  try {
    const { bavail, bsize } = statfsSync(MEMORY_FOLDER);
    return bavail * bsize >= NEEDED_BYTES;
  } catch {
    return false;
  }
}
