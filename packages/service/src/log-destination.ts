import { fstatSync, writeSync } from "node:fs";
import { isatty } from "node:tty";
import { LineLimit } from "./line-limit.ts";

const STANDARD_ERROR = 2;
/** Lines that wait for a reader who is slow or stuck; more are dropped. */
const MAXIMUM_QUEUED_BYTES = 1_048_576;
const LONGEST_FLUSH_MILLISECONDS = 500;

/** How many lines of the log are missing, and why. */
export interface LogLoss {
  /** The disk is full, or what reads the log is gone or stuck. */
  readonly unwritable: number;
  /** Strangers caused more than are kept of a minute. */
  readonly flood: number;
}

/**
 * LogDestination writes lines to standard error, and goes on when that cannot be written: a line is dropped and counted
 * rather than waited for, because requests and the end of the process must not depend on the log. For `pino`.
 */
export class LogDestination {
  readonly #limit = new LineLimit();
  readonly #isStream: boolean;
  #isGone = false;
  #unwritable = 0;
  #unreported = 0;
  /** Part of a line is on the disk, and the rest of it never will be. */
  #isMidLine = false;

  constructor() {
    this.#isStream = isStream();
    // Unheard, a reader that is gone would end the process, which may write there itself.
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

  /** Resolves when what waits has been written, or after half a second. */
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

/** Node writes to a pipe or a terminal without waiting. What else there is takes a line at once or not at all. */
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
