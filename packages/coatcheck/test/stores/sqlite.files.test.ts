import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { SqliteSessionStore } from "coatcheck/stores/sqlite";
import { type CreateStore, storeContract, storeModelTest } from "coatcheck/testing";
import fc from "fast-check";
import { describe, test } from "vitest";

const runner = { describe, test };

// In memory where there is such a folder: thousands of commits, each flushed to a disk, would take minutes.
const base = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** Two stores on one file, each with a connection of its own, as two processes would have them. */
const createStore: CreateStore = async (clock) => {
  const folder = await mkdtemp(join(base, "coatcheck-"));
  const databases = [new Database(join(folder, "sessions.db")), new Database(join(folder, "sessions.db"))] as const;
  const [store, peer] = await Promise.all(
    databases.map((database) => SqliteSessionStore.open({ database, clock, pollIntervalMilliseconds: 5 })),
  );
  if (store === undefined || peer === undefined) throw new Error("Two databases make two stores.");
  return {
    store,
    peer,
    async close() {
      for (const opened of [store, peer]) opened.close();
      for (const database of databases) database.close();
      await rm(folder, { recursive: true });
    },
  };
};

storeContract({ runner, createStore, clock: "given" });
storeModelTest({ runner, fc, createStore, runs: 40 });
