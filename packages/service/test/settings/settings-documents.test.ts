import { expect, test } from "vitest";
import { configurationSchema } from "../../src/settings/configuration-schema.ts";
import { readSettings } from "../../src/settings/read-settings.ts";
import { settingsTable } from "../../src/settings/settings-table.ts";
import { showSettings } from "../../src/settings/show-settings.ts";
import { coatSettings, OperatorError } from "./coat-settings.ts";

test("a table in Markdown has a row for each setting", () => {
  expect(settingsTable(coatSettings, (document) => `../${document}`)).toBe(
    [
      "| variable | key in the file | default | what it decides |",
      "| --- | --- | --- | --- |",
      "| `COATCHECK_URL` | `url` | `HOST:PORT` | Where it is reached. |",
      "| `HOST` | `host` | `localhost` | Where it listens. |",
      "| `PORT` | `port` | `8080` | The port, `0` or more. |",
      "| `COATCHECK_HOOKS` | `hooks` | none | Where coats hang. [More](../docs/hooks.md) |",
      "| `COATCHECK_COLOUR` | `colour` | as it comes | Red \\| blue. |",
      "| `COATCHECK_LOCKED` | `isLocked` | `false` | Locks the hooks. |",
      "| `COATCHECK_OWNER` | `owner` | must be given | Whose coats. |",
    ].join("\n"),
  );
});

test("a JSON Schema knows the keys, their values, meanings and constant defaults, and no other key", () => {
  const { properties, additionalProperties } = configurationSchema(coatSettings, "Coats");
  expect(additionalProperties).toBe(false);
  expect(Object.keys(properties ?? {})).toEqual(["$schema", ...Object.keys(coatSettings)]);
  expect(properties?.port).toEqual({
    description: "The port, `0` or more. Default: `8080`. Variable: `PORT`.",
    type: "integer",
    minimum: 0,
    maximum: 65_535,
    default: 8_080,
  });
  expect(properties?.colour).toEqual({
    description: "Red | blue. Default: as it comes. Variable: `COATCHECK_COLOUR`.",
    enum: ["red", "blue"],
  });
});

test("what is in effect is shown with its origin, one line for each entry of a list", () => {
  const environment = { COATCHECK_OWNER: "ada", COATCHECK_HOOKS: "a,b" };
  const shown = showSettings(coatSettings, readSettings(coatSettings, { environment }, OperatorError));
  expect(shown.map(({ key, values, origin }) => [key, ...values, origin])).toEqual([
    ["url", "localhost:8080", "default"],
    ["host", "localhost", "default"],
    ["port", "8080", "default"],
    ["hooks", "a", "b", "COATCHECK_HOOKS"],
    ["colour", "as it comes", "default"],
    ["isLocked", "false", "default"],
    ["owner", "ada", "COATCHECK_OWNER"],
  ]);
});
