import { closeSync, openSync } from "node:fs";
import { fileModeFault } from "@coatcheck/service/file-mode";
import Database from "better-sqlite3";
import { GatewayError } from "../../errors.ts";

/**
 * Opens a SQLite file, and creates it if it does not exist. Its folder must exist.
 *
 * @throws GatewayError `database_cannot_be_opened`, `accounts_schema_unsupported`
 */
export function openSqliteFile(path: string): Database.Database {
  const modeFault = fileModeFault(path);
  if (modeFault !== null) {
    throw new GatewayError("database_cannot_be_opened", `${path} cannot be opened: ${modeFault}.`);
  }
  try {
    // SQLite would create it readable for all users of the machine, and gives its journal files the mode of the file.
    closeSync(openSync(path, "a", 0o600));
    return new Database(path, { timeout: 0 });
  } catch (error) {
    throw sqliteOpeningFault(path, error);
  }
}

/** The fault as an operator sees it, for a file that cannot be opened or used. */
export function sqliteOpeningFault(path: string, error: unknown): unknown {
  if (error instanceof GatewayError) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "SQLITE_NOTADB") {
    return new GatewayError("accounts_schema_unsupported", `${path} is not a SQLite database.`, { cause: error });
  }
  const reason = OPENING_FAULTS[code] ?? (error instanceof Error ? error.message : String(error));
  return new GatewayError("database_cannot_be_opened", `${path} cannot be opened: ${reason}.`, { cause: error });
}

const OPENING_FAULTS: Readonly<Record<string, string>> = {
  ENOENT: "its folder does not exist",
  ENOTDIR: "its folder is a file",
  EISDIR: "it is a folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  SQLITE_READONLY: "it is read-only",
  SQLITE_BUSY: "another process keeps it locked",
};
