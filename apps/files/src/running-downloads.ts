import type { Pass } from "coatcheck/passes";

export type CutReason = "session_ended" | "took_too_long" | "does_not_move";

export interface Download {
  readonly pass: Pass;
  /** Closes the connection, so that the client does not take the bytes that have arrived for the whole file. */
  readonly cut: (reason: CutReason) => void;
}

export interface RunningDownloadsOptions {
  readonly maximumMilliseconds: number;
  /** The downloads of a session at one time. Each occupies memory and an open file. */
  readonly maximumPerSession: number;
  readonly hasEnded: (pass: Pass) => boolean;
  /** Milliseconds of a monotonic clock. */
  readonly elapsed: () => number;
}

/**
 * RunningDownloads holds the answers that are being sent. A pass is checked when a request begins. The download may
 * continue after the pass has expired, so that none fails at nine tenths, but not for ever, and not after a logout.
 */
export class RunningDownloads {
  readonly #options: RunningDownloadsOptions;
  /** In the order in which the downloads began. */
  readonly #startedAt = new Map<Download, number>();
  readonly #countOfSession = new Map<string, number>();

  constructor(options: RunningDownloadsOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#startedAt.size;
  }

  /** Whether a download may begin: the limit is per session, for all its passes. If so, the caller must report its end. */
  begin(download: Download): boolean {
    const { session } = download.pass;
    const count = this.#countOfSession.get(session) ?? 0;
    if (count >= this.#options.maximumPerSession) return false;
    this.#countOfSession.set(session, count + 1);
    this.#startedAt.set(download, this.#options.elapsed());
    return true;
  }

  /** Call this when a download no longer occupies anything. */
  end(download: Download): void {
    const { session } = download.pass;
    this.#startedAt.delete(download);
    const count = this.#countOfSession.get(session) ?? 0;
    if (count > 1) this.#countOfSession.set(session, count - 1);
    else this.#countOfSession.delete(session);
  }

  /** Cuts off the downloads of ended sessions. */
  cutEnded(): void {
    for (const download of this.#startedAt.keys()) {
      if (this.#options.hasEnded(download.pass)) this.#cut(download, "session_ended");
    }
  }

  /** Cuts off the downloads that take too long. */
  cutOverdue(): void {
    const latest = this.#options.elapsed() - this.#options.maximumMilliseconds;
    for (const [download, startedAt] of this.#startedAt) {
      if (startedAt > latest) return;
      this.#cut(download, "took_too_long");
    }
  }

  #cut(download: Download, reason: CutReason): void {
    this.#startedAt.delete(download);
    download.cut(reason);
  }
}
