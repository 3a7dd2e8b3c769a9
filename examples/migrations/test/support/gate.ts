/** A place in the application where one request can be made to wait: the test decides what comes first, not time. */
export class Gate {
  #next: { readonly arrived: () => void; readonly opened: Promise<void> } | null = null;
  #open = (): void => {};

  /** The next one waits until `open`. Resolves when it has come. */
  close(): Promise<void> {
    return new Promise((arrived) => {
      const opened = new Promise<void>((resolve) => {
        this.#open = resolve;
      });
      this.#next = { arrived, opened };
    });
  }

  open(): void {
    this.#open();
  }

  /** What the application waits for. Only the next request is held. */
  readonly pass = async (): Promise<void> => {
    const next = this.#next;
    this.#next = null;
    next?.arrived();
    await next?.opened;
  };
}
