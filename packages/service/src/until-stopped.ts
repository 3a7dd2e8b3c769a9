import type { FastifyBaseLogger } from "fastify";

const PATIENCE_MILLISECONDS = 10_000;

export interface StopOptions {
  /** After SIGTERM, for so long it is still served: what sends requests here has to find out first. */
  readonly delaySeconds: number;
  /** Tells the surroundings that the service answers. Called once signals are heeded: a supervisor may send one at once. */
  readonly announce: () => void;
  /** From now on the service is to say that it is not ready. */
  readonly onStopping: () => void;
}

/**
 * Resolves on SIGINT at once, and on SIGTERM after the delay. What follows has ten seconds: a client that never finishes its
 * request must not keep a process alive that was told to go. A second signal means now. SIGHUP stops what runs in a
 * terminal that is closed, and is otherwise ignored: settings are read at the start.
 */
export function untilStopped(
  log: FastifyBaseLogger,
  { delaySeconds, announce, onStopping }: StopOptions,
): Promise<void> {
  return new Promise((resolve) => {
    let isStopping = false;
    const end = (): void => {
      setTimeout(() => {
        log.error({ event: "stopped_late" }, "requests did not finish in time");
        process.exit(1);
      }, PATIENCE_MILLISECONDS).unref();
      resolve();
    };
    const stop = (signal: NodeJS.Signals): void => {
      if (isStopping) process.exit(1);
      isStopping = true;
      const seconds = signal === "SIGTERM" ? delaySeconds : 0;
      log.info({ event: "stopping", signal, delaySeconds: seconds }, "stopping");
      onStopping();
      if (seconds === 0) end();
      else setTimeout(end, seconds * 1_000);
    };
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
    const isOnTerminal = process.stdin.isTTY === true;
    process.on("SIGHUP", (signal) => {
      if (isOnTerminal) stop(signal);
      else log.warn({ event: "sighup_ignored" }, "SIGHUP is ignored: start again for other settings");
    });
    announce();
  });
}
