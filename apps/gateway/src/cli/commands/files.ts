import { type Command, configurationOption } from "../shared/command.ts";
import { printLine } from "../shared/terminal.ts";

export const files: Command = {
  name: "files",
  summary: "Runs the file service until it is told to stop",
  synopsis: "",
  details: [
    "It has its own settings and needs only the gateway's URL: COATCHECK_FILES_SOURCE, COATCHECK_ISSUER",
    "and the others that the README lists.",
  ],
  options: configurationOption,
  arguments: [],
  async run({ environment, values, terminal }) {
    // The service and its framework are loaded for this command alone.
    const { startFileService } = await import("@coatcheck/files");
    const { loadConfiguration } = await import("@coatcheck/files/configuration");
    const { LogDestination } = await import("@coatcheck/service/log-destination");
    const { untilStopped } = await import("@coatcheck/service/until-stopped");
    const { pino } = await import("pino");
    const path = typeof values.config === "string" ? values.config : undefined;
    const { configuration } = loadConfiguration({ environment, path });
    const destination = new LogDestination();
    const log = pino({ level: configuration.logLevel }, destination);
    const service = await startFileService(configuration, log);
    await untilStopped(log, {
      delaySeconds: configuration.stopDelaySeconds,
      announce: () => printLine(terminal.output, `${configuration.publicUrl}/`),
      onStopping: () => service.announceEnd(),
    });
    await service.close();
    await destination.end();
    // Everything is answered: a client that still holds a connection is not waited for.
    process.exit();
  },
};
