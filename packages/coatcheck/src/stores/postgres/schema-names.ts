import { CoatcheckError } from "../../errors.ts";
import { REMOVALS_CHANNEL } from "./session-statements.ts";

/** The store's tables and their partitions, and the channel as a literal. Indexes are in the schema of their tables. */
const NAMES = new RegExp(`\\bcoatcheck_(?:sessions|fences|tombstones|schema)(?:_\\d+)?\\b|'${REMOVALS_CHANNEL}'`, "g");
/** Short enough for Postgres to accept the name of the channel, which ends with it. */
const PLAIN_NAME = /^[a-z_][a-z0-9_]{0,39}$/;

/**
 * SchemaNames writes the names of tables with their schema. It does not use `search_path`, because behind PgBouncer a
 * setting of the connection would pass to its next user. Without a schema, the connection resolves the names.
 */
export class SchemaNames {
  /** Null if the connection decides. */
  readonly schema: string | null;
  /** Each schema has a channel of its own: removals in another schema belong to another application. */
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

  /**
   * The statement with the store's names in the schema. Remembered, because there are few statements and they run again
   * and again.
   */
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
