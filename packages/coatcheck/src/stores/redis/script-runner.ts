import { createHash } from "node:crypto";
import type { CommandWord, RedisConnection } from "./redis-connection.ts";
import { ALLOW_WHEN_MEMORY_IS_FULL, type ScriptName, scripts, scriptsThatFree } from "./scripts.ts";

interface LoadedScript {
  readonly text: string;
  readonly digest: string;
}

/** ScriptRunner sends scripts by their digests, and in full to a server that does not know them. */
export class ScriptRunner {
  readonly #connection: RedisConnection;
  readonly #scripts: ReadonlyMap<string, LoadedScript>;

  constructor(connection: RedisConnection, options: { readonly serverKnowsFlags: boolean }) {
    this.#connection = connection;
    this.#scripts = new Map(
      Object.entries(scripts).map(([name, body]) => {
        const isFlagged = options.serverKnowsFlags && scriptsThatFree.has(name as ScriptName);
        const text = isFlagged ? ALLOW_WHEN_MEMORY_IS_FULL + body : body;
        return [name, { text, digest: createHash("sha1").update(text).digest("hex") }];
      }),
    );
  }

  async run(name: ScriptName, key: string, words: readonly CommandWord[]): Promise<unknown> {
    const script = this.#scripts.get(name) as LoadedScript;
    try {
      return await this.#connection.send(key, ["EVALSHA", script.digest, "1", key, ...words]);
    } catch (error) {
      // Redis lost its scripts, or has a new primary. It reports that before it runs anything, so nothing runs twice.
      if (!(error instanceof Error) || !error.message.startsWith("NOSCRIPT")) throw error;
      return this.#connection.send(key, ["EVAL", script.text, "1", key, ...words]);
    }
  }
}
