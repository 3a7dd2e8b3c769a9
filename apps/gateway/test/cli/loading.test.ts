import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

/** The packages in CommonJS that are loaded with the table of commands: all that are large are in it. */
const PACKAGES_LOADED = `
  import { createRequire } from "node:module";
  await import(process.argv[1]);
  const names = Object.keys(createRequire(process.argv[1]).cache).map((file) => file.split("/node_modules/").at(-1));
  process.stdout.write(JSON.stringify([...new Set(names.map((name) => name.split("/")[0]))]));
`;

test("no command waits for the frameworks and drivers of the others", async () => {
  const commands = new URL("../../dist/cli/commands/index.js", import.meta.url).href;
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--input-type=module",
    "--eval",
    PACKAGES_LOADED,
    commands,
  ]);
  const loaded: readonly string[] = JSON.parse(stdout);
  expect(loaded.filter((name) => ["fastify", "ioredis", "pg", "pino", "undici"].includes(name))).toEqual([]);
});
