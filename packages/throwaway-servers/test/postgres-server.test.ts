import { existsSync } from "node:fs";
import { missingProgram, PostgresServer } from "@coatcheck/throwaway-servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { waitUntil } from "../src/wait-until.ts";
import { isStopped } from "./support/is-stopped.ts";
import { psql } from "./support/psql.ts";

describe.skipIf(missingProgram("postgres"))("PostgresServer", () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await PostgresServer.start({ settings: { max_connections: "17" } });
  });

  afterAll(() => server?.stop());

  test("answers, with the settings given and its own defaults", async () => {
    expect(server.url).toBe(`postgres://postgres@127.0.0.1:${server.port}/postgres`);
    expect(await psql(server.url, "SHOW max_connections")).toBe("17");
    expect(await psql(server.url, "SHOW fsync")).toBe("on");
  });

  test("makes databases that have nothing in common", async () => {
    const urls = await Promise.all([server.createDatabase(), server.createDatabase(), server.createDatabase()]);
    for (const url of urls) await psql(url, "CREATE TABLE greetings (text text)");
    expect(new Set(urls).size).toBe(3);
  });

  test.each(["SIGKILL", "SIGINT"] as const)("keeps what was committed over a %s", async (signal) => {
    const url = await server.createDatabase();
    await psql(url, "CREATE TABLE greetings AS SELECT 'good day' AS text");
    await server.kill(signal);
    await expect(psql(url, "SELECT 1")).rejects.toThrow("Connection refused");
    await server.restart();
    expect(await psql(url, "SELECT text FROM greetings")).toBe("good day");
  });

  test("pauses the process behind each connection too", async () => {
    const sleeping = psql(server.url, "SELECT pg_sleep(600)").catch(String);
    const backends = "pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'";
    let pid = 0;
    await waitUntil("the connection", async () => {
      pid = Number(await psql(server.url, `SELECT pid FROM ${backends}`));
      return pid !== 0;
    });
    server.pause();
    await waitUntil("its process to stop", async () => isStopped(pid));
    server.resume();
    await waitUntil("its process to continue", async () => !isStopped(pid));
    expect(await psql(server.url, `SELECT count(pg_terminate_backend(pid)) FROM ${backends}`)).toBe("1");
    expect(await sleeping).toContain("terminating connection");
  });

  test("says what its log says when it does not start", async () => {
    await expect(PostgresServer.start({ settings: { max_connections: "many" } })).rejects.toThrow(
      /postgres ended before it was ready[\s\S]*max_connections/,
    );
  });

  test("leaves no folder", async () => {
    const another = await PostgresServer.start();
    const folder = await psql(another.url, "SHOW data_directory");
    expect(existsSync(folder)).toBe(true);
    await another.stop();
    expect(existsSync(folder)).toBe(false);
  });
});
