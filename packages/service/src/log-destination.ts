import { fstatSync, writeSync } from "node:fs";
import { isatty } from "node:tty";
import { LineLimit } from "./line-limit.ts";

const STANDARD_ERROR = 2;
/** The number of bytes that may wait for a slow or stuck reader. Lines beyond it are dropped. */
const MAXIMUM_QUEUED_BYTES = 1_048_576;
const LONGEST_FLUSH_MILLISECONDS = 500;

/** The number of missing lines of the log, by cause. */
export interface LogLoss {
  /** The disk is full, or the program that reads the log is gone or stuck. */
  readonly unwritable: number;
  /** Strangers caused more lines in a minute than are kept. */
  readonly flood: number;
}

/**
 * LogDestination writes lines to standard error for `pino`. If a line cannot be written, it is dropped and counted: requests
 * and the end of the process must not wait for the log.
 */
export class LogDestination {
  readonly #limit = new LineLimit();
  readonly #isStream: boolean;
  #isGone = false;
  #unwritable = 0;
  #unreported = 0;
  /** A part of a line is on the disk, and its rest is lost. */
  #isMidLine = false;

  constructor() {
    this.#isStream = isStream();
    // Without a listener, the error of a reader that is gone would end the process.
    for (const stream of [process.stdout, process.stderr]) {
      stream.on("error", () => {
        if (stream === process.stderr) this.#isGone = true;
      });
    }
  }

  get loss(): LogLoss {
    return { unwritable: this.#unwritable, flood: this.#limit.suppressed };
  }

  write(line: string): void {
    const verdict = this.#limit.judge(line, performance.now());
    if (verdict.suppressed > 0) this.#put(noteOf("log_lines_suppressed", verdict.suppressed));
    if (!verdict.isKept) return;
    if (this.#unreported > 0 && this.#put(noteOf("log_lines_dropped", this.#unreported))) this.#unreported = 0;
    if (this.#put(line)) return;
    this.#unwritable += 1;
    this.#unreported += 1;
  }

  /** Resolves when the waiting lines are written, or after half a second. */
  async end(): Promise<void> {
    const deadline = performance.now() + LONGEST_FLUSH_MILLISECONDS;
    while (this.#isStream && !this.#isGone && process.stderr.writableLength > 0 && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  #put(line: string): boolean {
    return this.#isStream ? this.#putIntoStream(line) : this.#putIntoFile(line);
  }

  #putIntoStream(line: string): boolean {
    const stream = process.stderr;
    if (this.#isGone || stream.destroyed || stream.writableLength + line.length > MAXIMUM_QUEUED_BYTES) return false;
    stream.write(line);
    return true;
  }

  #putIntoFile(line: string): boolean {
    try {
      const bytes = Buffer.from(this.#isMidLine ? `\n${line}` : line);
      const written = writeSync(STANDARD_ERROR, bytes);
      if (written > 0) this.#isMidLine = written < bytes.length;
      return written === bytes.length;
    } catch {
      return false;
    }
  }
}

/** Node writes to a pipe or a terminal without waiting. Any other destination takes a line at once or not at all. */
function isStream(): boolean {
  try {
    const file = fstatSync(STANDARD_ERROR);
    return file.isFIFO() || file.isSocket() || isatty(STANDARD_ERROR);
  } catch {
    return false;
  }
}

function noteOf(event: string, count: number): string {
  const text =
    event === "log_lines_dropped" ? "lines of the log could not be written" : "lines of a flood were left out";
  return `${JSON.stringify({ level: 40, time: Date.now(), event, count, msg: text })}\n`;
}
