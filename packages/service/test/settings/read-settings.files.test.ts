import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, expectTypeOf, onTestFinished, test } from "vitest";
import { absent, constant, derived } from "../../src/settings/defaults.ts";
import { readSettings } from "../../src/settings/read-settings.ts";
import { type ConfigurationOf, type Consistent, setting } from "../../src/settings/setting.ts";
import { port } from "../../src/settings/value-types.ts";
import { coatSettings, OperatorError } from "./coat-settings.ts";

const OWNER = { COATCHECK_OWNER: "ada" };

const read = (environment: NodeJS.ProcessEnv, path?: string) =>
  readSettings(coatSettings, { environment: { ...OWNER, ...environment }, path }, OperatorError);

function fileWith(content: unknown): string {
  const folder = mkdtempSync(join(tmpdir(), "coatcheck-settings-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "coats.json");
  writeFileSync(path, JSON.stringify(content));
  return path;
}

describe("a configuration", () => {
  test("has the defaults, over them the file, over that the environment, and knows where each value came from", () => {
    const path = fileWith({ host: "file", port: 1, hooks: ["a"] });
    const { configuration, origins } = read({ HOST: "environment", COATCHECK_COLOUR: "" }, path);
    expect(configuration).toEqual({
      url: "environment:1",
      host: "environment",
      port: 1,
      hooks: ["a"],
      colour: null,
      isLocked: false,
      owner: "ada",
    });
    expect(origins).toEqual({
      url: "default",
      host: "HOST",
      port: path,
      hooks: path,
      colour: "default",
      isLocked: "default",
      owner: "COATCHECK_OWNER",
    });
  });

  test("cannot be changed", () => {
    const { configuration } = read({});
    expect(Object.isFrozen(configuration)).toBe(true);
    expect(Object.isFrozen(configuration.hooks)).toBe(true);
  });

  test("has the types of its table", () => {
    expectTypeOf<ConfigurationOf<typeof coatSettings>>().toEqualTypeOf<{
      readonly url: string;
      readonly host: string;
      readonly port: number;
      readonly hooks: readonly string[];
      readonly colour: "red" | "blue" | null;
      readonly isLocked: boolean;
      readonly owner: string;
    }>();
  });

  test("may name its schema in the file, which sets nothing", () => {
    expect(read({}, fileWith({ $schema: "../coats.schema.json", port: 1 })).configuration).not.toHaveProperty(
      "$schema",
    );
    expect(() => read({}, fileWith({ $schema: 1 }))).toThrow(/"\$schema" in .*coats\.json must be a text/);
    expect(() => read({}, fileWith({ $shema: "a" }))).toThrow(/Did you mean \$schema\?$/);
  });
});

describe("a refusal names the setting as it was given, and says what to write", () => {
  test.each([
    [{ PORT: "80a" }, "PORT must be a whole number from 0 to 65535."],
    [{ COATCHECK_HOOKS: "a, b c" }, "COATCHECK_HOOKS, entry 2 must be a host name or an IP address."],
    [{ COATCHECK_LOCKED: "yes" }, "COATCHECK_LOCKED must be true or false."],
    [{ COATCHECK_COLOUR: "green" }, "COATCHECK_COLOUR must be one of red, blue."],
    [{ COATCHECK_LOCKED: "true" }, "COATCHECK_LOCKED goes with COATCHECK_HOOKS."],
    [{ COATCHECK_OWNER: "" }, "COATCHECK_OWNER must be given: a host."],
  ])("%j", (environment, message) => {
    expect(() => read(environment)).toThrow(expect.objectContaining({ code: "invalid_configuration", message }));
  });

  test.each([
    [{ port: 80.5 }, /^"port" in \S+coats\.json must be a whole number from 0 to 65535\.$/],
    [{ port: "80" }, /must be a whole number from 0 to 65535\. In the file, write it as JSON rather than as a text\.$/],
    [{ port: "eighty" }, /must be a whole number from 0 to 65535\.$/],
    [{ isLocked: "true" }, /must be true or false\. In the file, write it as JSON/],
    [{ hooks: "a,b" }, /must be a list of hosts\. In the file, write it as JSON/],
    [{ isLocked: true }, /^"isLocked" in \S+coats\.json goes with COATCHECK_HOOKS\.$/],
    [{ colour: null }, /must be one of red, blue/],
  ])("%j in the file", (content, message) => {
    expect(() => read({}, fileWith(content))).toThrow(message);
  });
});

test("a row that looks at a setting which the table does not have, or has with another type, does not compile", () => {
  const table = {
    port: setting({ env: "PORT", type: port, default: absent("none"), meaning: "" }),
    next: setting({
      env: "NEXT",
      type: port,
      default: derived("", ({ port }: { readonly port: number }) => port + 1),
      meaning: "",
    }),
    limit: setting({
      env: "LIMIT",
      type: port,
      default: constant(1),
      meaning: "",
      check: (_, { ports }: { readonly ports: number }) => void ports,
    }),
  };
  expectTypeOf<Consistent<typeof table>["next"]>().toBeNever();
  expectTypeOf<Consistent<typeof table>["limit"]>().toBeNever();
  expectTypeOf<Consistent<typeof table>["port"]>().not.toBeNever();
});
