import { LogDestination } from "@coatcheck/service/log-destination";
import { untilStopped } from "@coatcheck/service/until-stopped";
import { pino } from "pino";
import { loadConfiguration } from "./config/load-configuration.ts";
import { FileServiceError } from "./errors.ts";
import { startFileService } from "./file-service.ts";

/** Runs the file service until it is told to stop. Standard output names its URL once it answers; the log is on stderr. */
async function run(): Promise<void> {
  const { configuration } = loadConfiguration({ environment: process.env });
  const destination = new LogDestination();
  const log = pino({ level: configuration.logLevel }, destination);
  const service = await startFileService(configuration, log);
  await untilStopped(log, {
    delaySeconds: configuration.stopDelaySeconds,
    announce: () => process.stdout.write(`${configuration.publicUrl}/\n`),
    onStopping: () => service.announceEnd(),
  });
  await service.close();
  await destination.end();
  // Everything is answered: a client that still holds a connection is not waited for.
  process.exit();
}

try {
  await run();
} catch (error) {
  // What an operator can mend is one line; for anything else the stack is needed.
  const text = error instanceof FileServiceError ? error.message : String(error instanceof Error ? error.stack : error);
  process.stderr.write(`coatcheck files: ${text}\n`);
  process.exitCode = 1;
}
