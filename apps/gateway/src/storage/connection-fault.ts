/**
 * Told of the first fault of each outage. Of the fault only the message: errors of drivers carry what was sent, and that
 * is a password when the server refuses it.
 */
export type OnConnectionFault = (message: string) => void;

/** OutageReport tells of the first of many faults, and again when there was a recovery in between. */
export class OutageReport {
  readonly #onFault: OnConnectionFault;
  #isOut = false;

  constructor(onFault: OnConnectionFault) {
    this.#onFault = onFault;
  }

  failed(error: unknown): void {
    if (this.#isOut) return;
    this.#isOut = true;
    this.#onFault(messageOf(error));
  }

  recovered(): void {
    this.#isOut = false;
  }
}

/** For the end of a sentence. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message === "" ? "it does not answer" : message.replace(/\.$/, "");
}
