/**
 * Called with the first fault of each outage. It gets only the message: a driver's error carries the command that was
 * sent, which holds the password when the server refuses it.
 */
export type OnConnectionFault = (message: string) => void;

/** OutageReport reports the first of many faults, and the first one after each recovery. */
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

/** The message in a form that ends a sentence. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message === "" ? "it does not answer" : message.replace(/\.$/, "");
}
