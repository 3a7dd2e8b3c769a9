import type { FastifyBaseLogger } from "fastify";

const PATIENCE_MILLISECONDS = 10_000;

export interface StopOptions {
  /** How long the service continues after SIGTERM, so that load balancers can notice. */
  readonly delaySeconds: number;
  /** Announces that the service answers. Called when signals are already handled: a supervisor may send one at once. */
  readonly announce: () => void;
  /** Called when the service must begin to report that it is not ready. */
  readonly onStopping: () => void;
}

/**
 * Resolves on SIGINT at once, and on SIGTERM after the delay. The caller then has ten seconds to end: a client that never
 * finishes its request must not keep the process alive. A second signal ends it at once. SIGHUP stops a program whose
 * terminal was closed. Otherwise it is ignored, because settings are read at the start.
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
