import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { GatewayError } from "../../errors.ts";

/** A SHA-1 in hexadecimal, optionally followed by a colon and the number of times that it was seen. */
const LINE = /^([0-9A-Fa-f]{40})(?::\d{1,20})?\r?$/;
/** Longer than any line. */
const LINE_BYTES = 80;
/** Once a search has narrowed to so many bytes, it reads them all at once. */
const LAST_BYTES = 4_096;
/** The number of hashes that are compared when the file is opened: a file in another order fails at the first few. */
const SAMPLES = 64;

/**
 * BreachedPasswords looks passwords up in a file of the SHA-1 hashes of leaked passwords, one a line and sorted, as
 * Have I Been Pwned offers for download. It sends nothing anywhere and holds nothing in memory: a look-up takes some
 * thirty reads. Do not change the file in place: put a newer one under its name, and the gateway reads it from the next
 * start on.
 */
export class BreachedPasswords {
  readonly #file: FileHandle;
  readonly #size: number;
  readonly #path: string;

  /** @throws GatewayError `invalid_configuration` */
  static async open(path: string): Promise<BreachedPasswords> {
    const refuse = (text: string, cause?: unknown) =>
      new GatewayError("invalid_configuration", `The file of breached passwords, ${path}, ${text}.`, { cause });
    let file: FileHandle;
    try {
      file = await open(path, "r");
    } catch (error) {
      throw refuse("cannot be read", error);
    }
    try {
      const breached = new BreachedPasswords(file, (await file.stat()).size, path);
      await breached.#requireOrder();
      return breached;
    } catch (error) {
      await file.close();
      throw refuse("is not a sorted list of SHA-1 hashes, one a line", error);
    }
  }

  private constructor(file: FileHandle, size: number, path: string) {
    this.#file = file;
    this.#size = size;
    this.#path = path;
  }

  /**
   * Whether a password leaked as given or in lower case, because guessers try other cases as well.
   *
   * @throws GatewayError `breached_passwords_unreadable`
   */
  async has(password: string): Promise<boolean> {
    const text = password.normalize("NFC");
    const hashes = new Set([text, text.toLowerCase().normalize("NFC")].map(hashOf));
    try {
      for (const hash of hashes) if (await this.#hasHash(hash)) return true;
      return false;
    } catch (cause) {
      const message = `The file of breached passwords, ${this.#path}, could not be searched.`;
      throw new GatewayError("breached_passwords_unreadable", message, { cause });
    }
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #hasHash(wanted: string): Promise<boolean> {
    // If the file has the line, it begins between these two positions.
    let [low, high] = [0, this.#size];
    while (high - low > LAST_BYTES) {
      const middle = Math.floor((low + high) / 2);
      const { hash, start } = await this.#firstLineAfter(middle);
      if (hash === wanted) return true;
      if (hash < wanted) low = start;
      else high = middle;
    }
    const lines = (await this.#read(low, high - low + LINE_BYTES)).split("\n");
    return lines.some((line) => line.slice(0, wanted.length).toUpperCase() === wanted);
  }

  /** Such a line exists wherever more than `LAST_BYTES` follow. */
  async #firstLineAfter(position: number): Promise<{ readonly hash: string; readonly start: number }> {
    const text = await this.#read(position, 2 * LINE_BYTES);
    const [rest = "", line = ""] = text.split("\n");
    return { hash: hashOfLine(line), start: position + rest.length + 1 };
  }

  async #requireOrder(): Promise<void> {
    let before = hashOfLine((await this.#read(0, LINE_BYTES)).split("\n")[0] ?? "");
    const end = this.#size - 2 * LINE_BYTES;
    for (let sample = 1; sample <= SAMPLES && end > 0; sample++) {
      const { hash } = await this.#firstLineAfter(Math.floor((end * sample) / SAMPLES));
      if (hash < before) throw new Error(`${hash} comes after ${before}.`);
      before = hash;
    }
  }

  async #read(position: number, length: number): Promise<string> {
    const buffer = Buffer.alloc(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await this.#file.read(buffer, filled, length - filled, position + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return buffer.toString("latin1", 0, filled);
  }
}

function hashOf(text: string): string {
  return createHash("sha1").update(text).digest("hex").toUpperCase();
}

function hashOfLine(line: string): string {
  const [, hash] = LINE.exec(line) ?? [];
  if (hash === undefined) throw new Error("A line is no SHA-1 hash.");
  return hash.toUpperCase();
}
