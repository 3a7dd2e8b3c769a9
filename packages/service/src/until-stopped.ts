import type { FastifyBaseLogger } from "fastify";

const PATIENCE_MILLISECONDS = 10_000;

/**
 * Resolves on SIGINT or SIGTERM. What follows has ten seconds: a client that never finishes its request must not keep
 * a process alive that was told to go. A second signal means now.
 */
export function untilStopped(log: FastifyBaseLogger): Promise<void> {
  return new Promise((resolve) => {
    let isStopping = false;
    const stop = (signal: NodeJS.Signals): void => {
      if (isStopping) process.exit(1);
      isStopping = true;
      log.info({ event: "stopping", signal }, "stopping");
      setTimeout(() => {
        log.error({ event: "stopped_late" }, "requests did not finish in time");
        process.exit(1);
      }, PATIENCE_MILLISECONDS).unref();
      resolve();
    };
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
  });
}
