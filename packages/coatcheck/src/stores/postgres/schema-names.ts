import { CoatcheckError } from "../../errors.ts";
import { REMOVALS_CHANNEL } from "./session-statements.ts";

/** Our tables and their partitions, and the channel as a literal. Indexes live where their tables do. */
const NAMES = new RegExp(`\\bcoatcheck_(?:sessions|fences|tombstones|schema)(?:_\\d+)?\\b|'${REMOVALS_CHANNEL}'`, "g");
/** Short enough that the name of the channel, which ends with it, is none that Postgres refuses. */
const PLAIN_NAME = /^[a-z_][a-z0-9_]{0,39}$/;

/**
 * SchemaNames writes the names of tables as they are in one schema. Not by `search_path`: behind PgBouncer, a setting of
 * the connection is the next user's. Without a schema, the names are what the connection takes them for.
 */
export class SchemaNames {
  /** Null where the connection decides. */
  readonly schema: string | null;
  /** Each schema has a channel of its own: what is removed in another is another application's. */
  readonly removalsChannel: string;
  readonly #written = new Map<string, string>();

  /** @throws CoatcheckError `invalid_configuration` */
  constructor(schema: string | undefined) {
    if (schema !== undefined && (typeof schema !== "string" || !PLAIN_NAME.test(schema))) {
      throw new CoatcheckError(
        "invalid_configuration",
        "schema must be up to 40 lower-case letters, digits and underscores, and begin with no digit.",
      );
    }
    this.schema = schema ?? null;
    this.removalsChannel = schema === undefined ? REMOVALS_CHANNEL : `${REMOVALS_CHANNEL}_${schema}`;
  }

  /** The statement with our names as they are in the schema. There are few statements, and they come again and again. */
  in(statement: string): string {
    if (this.schema === null) return statement;
    const known = this.#written.get(statement);
    if (known !== undefined) return known;
    const written = statement.replaceAll(NAMES, (name) =>
      name.startsWith("'") ? `'${this.removalsChannel}'` : `"${this.schema}".${name}`,
    );
    this.#written.set(statement, written);
    return written;
  }
}
