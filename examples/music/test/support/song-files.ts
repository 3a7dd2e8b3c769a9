import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import type { PassVerifier } from "coatcheck/passes";
import { type Served, serve } from "./served.ts";

/**
 * As much as one answer holds, however much was asked for (RFC 9110, 15.3.7): a browser then comes back every few
 * seconds of a song, each time with the URL that it has.
 */
const MOST_BYTES = 400_000;

/** A file service with songs: it knows nothing but how to tell a good pass, and counts those that were not. */
export class SongFiles {
  readonly #served: Served;
  readonly #folder: string;
  #verifier: PassVerifier | null = null;
  #refusals = 0;

  private constructor(folder: string, served: Served) {
    this.#folder = folder;
    this.#served = served;
  }

  static async start(folder: string): Promise<SongFiles> {
    const served = await serve((request, response) => void files.#answer(request, response));
    const files = new SongFiles(folder, served);
    return files;
  }

  /** Nothing is served before. Its audience is this service's URL. */
  verifyBy(verifier: PassVerifier): void {
    this.#verifier = verifier;
  }

  get url(): string {
    return this.#served.url;
  }

  get refusals(): number {
    return this.#refusals;
  }

  close(): Promise<void> {
    return this.#served.close();
  }

  async #answer({ url = "", headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(url, this.url);
    const verdict = await this.#verifier?.verify(searchParams.get("token") ?? "", { path: pathname });
    if (verdict?.accepted !== true) {
      this.#refusals++;
      response.writeHead(401).end();
      return;
    }
    const song = await readFile(join(this.#folder, pathname));
    const first = Number(/^bytes=(\d+)-/.exec(headers.range ?? "")?.[1] ?? 0);
    const last = Math.min(song.length, first + MOST_BYTES) - 1;
    response
      .writeHead(206, {
        "accept-ranges": "bytes",
        "cache-control": "no-store",
        "content-length": last - first + 1,
        "content-range": `bytes ${first}-${last}/${song.length}`,
        "content-type": "audio/wav",
      })
      .end(song.subarray(first, last + 1));
  }
}
