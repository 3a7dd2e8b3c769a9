import { type Command, configurationOption } from "../shared/command.ts";
import { printLine } from "../shared/terminal.ts";

export const files: Command = {
  name: "files",
  summary: "Runs the file service until it is stopped",
  synopsis: "",
  details: [
    "It has its own settings, which 'coatcheck config check --files' shows. COATCHECK_FILES_SOURCE and COATCHECK_ISSUER must",
    "be given. Of the gateway it needs only the URL.",
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
    // All requests are answered. Clients that keep a connection open are not waited for.
    process.exit();
  },
};
