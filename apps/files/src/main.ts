import { LogDestination } from "@coatcheck/service/log-destination";
import { untilStopped } from "@coatcheck/service/until-stopped";
import { pino } from "pino";
import { loadConfiguration } from "./config/load-configuration.ts";
import { FileServiceError } from "./errors.ts";
import { startFileService } from "./file-service.ts";

/** Runs the file service until it is stopped. Standard output names its URL once it answers. The log is on standard error. */
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
  // All requests are answered, so do not wait for clients that keep a connection open.
  process.exit();
}

try {
  await run();
} catch (error) {
  // A fault that the operator can fix takes one line. Any other fault needs the stack.
  const text = error instanceof FileServiceError ? error.message : String(error instanceof Error ? error.stack : error);
  process.stderr.write(`coatcheck files: ${text}\n`);
  process.exitCode = 1;
}
