import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("./sqlite-worker.mjs", import.meta.url));

export interface Acknowledgement {
  readonly acknowledged: "inserted" | "removing" | "removed";
  readonly sessionId: string;
}

type Message = Acknowledgement | { readonly ready: true } | { readonly answer: unknown };

/** Another process with a SQLite store of its own on the same file. */
export class SqliteProcess {
  readonly acknowledgements: Acknowledgement[] = [];
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on("message", (message: Message) => {
      if ("acknowledged" in message) this.acknowledgements.push(message);
    });
  }

  static async start(path: string): Promise<SqliteProcess> {
    const child = fork(program, [path]);
    const [message] = (await once(child, "message")) as [Message];
    if (!("ready" in message)) throw new Error("The process did not get ready.");
    return new SqliteProcess(child);
  }

  send(order: string, details: object = {}): void {
    this.#child.send({ order, ...details });
  }

  /** Gives an order and waits for the answer. */
  async ask<Answer>(order: string, details: object): Promise<Answer> {
    this.send(order, details);
    return this.answer<Answer>();
  }

  async answer<Answer>(): Promise<Answer> {
    for (;;) {
      const [message] = (await once(this.#child, "message")) as [Message];
      if ("answer" in message) return message.answer as Answer;
    }
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exit;
  }
}
