import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { GatewayError } from "../../errors.ts";

/** A SHA-1 in hexadecimal, and perhaps a colon and how often it was seen. */
const LINE = /^([0-9A-Fa-f]{40})(?::\d{1,20})?\r?$/;
/** Longer than any line. */
const LINE_BYTES = 80;
/** What is left of a search when it is read at once. */
const LAST_BYTES = 4_096;
/** Looked at when the file is opened: one that is in another order fails at the first few of them. */
const SAMPLES = 64;

/**
 * BreachedPasswords looks passwords up in a file of the SHA-1 hashes of those that leaked, one a line and sorted, as Have I
 * Been Pwned offers for download. Nothing is sent anywhere and nothing is held in memory: a look-up is some thirty reads.
 * The file must not be changed in place; a newer one is put under its name, and read from the next start on.
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
   * Whether a password leaked as it is, or in lower case: guessers try other cases as well.
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
    // The line that is looked for, if it is there, begins within these two.
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

  /** There is one wherever more than `LAST_BYTES` follow. */
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
