import { propertiesOf } from "./field.ts";
import type { Settings } from "./setting.ts";
import type { JsonSchema } from "./value-type.ts";

/** The JSON Schema of a configuration file, with which editors complete and check it. */
export function configurationSchema(table: Settings, title: string): JsonSchema & { readonly $schema: string } {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title,
    type: "object",
    properties: {
      $schema: { description: "The path or the URL of this schema, for editors. It sets nothing.", type: "string" },
      ...propertiesOf(table, ({ env }) => ` Variable: \`${env}\`.`),
    },
    additionalProperties: false,
  };
}
