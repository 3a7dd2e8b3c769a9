import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { missingProgram, type PostgresForTests, postgresForTests } from "@coatcheck/throwaway-servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundlers } from "./support/bundlers.ts";

const run = promisify(execFile);

// Inside the package, where Node finds the drivers that stay outside of the bundle, and as far from the library's files
// as a deployment is: a path that is relative to a bundle leads nowhere.
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(import.meta.dirname, ".bundled-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the bundle says of its login. */
async function logIn(file: string, environment: Readonly<Record<string, string>>): Promise<string> {
  const { stdout } = await run(process.execPath, [file], { env: { PATH: process.env.PATH, ...environment } }).catch(
    (error) => ({ stdout: `${error.stdout}${error.stderr}` }),
  );
  return stdout;
}

for (const [name, bundle] of Object.entries(bundlers)) {
  describe(`an application in one file, by ${name}`, () => {
    let file: string;

    beforeAll(async () => {
      file = await bundle(path.join(import.meta.dirname, "support/application.mjs"), path.join(folder, "deployed"));
    });

    test("opens SQLite and logs a user in", async () => {
      expect(await logIn(file, {})).toBe("logged_in");
    });

    describe.skipIf(missingProgram("postgres", "TEST_POSTGRES_URL"))("with Postgres", () => {
      let server: PostgresForTests;

      beforeAll(async () => {
        server = await postgresForTests();
      });

      afterAll(() => server.stop());

      test("makes its tables, opens it and logs a user in", async () => {
        expect(await logIn(file, { POSTGRES_URL: await server.createDatabase() })).toBe("logged_in");
      });
    });
  });
}
