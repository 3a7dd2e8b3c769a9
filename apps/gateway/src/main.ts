import { LogDestination } from "@coatcheck/service/log-destination";
import { untilStopped } from "@coatcheck/service/until-stopped";
import { pino } from "pino";
import type { GatewayConfiguration } from "./config/settings.ts";
import { startGateway } from "./gateway.ts";

/**
 * Runs the gateway until it is told to stop. It prints its URLs to standard output once it answers; the log goes to
 * stderr.
 */
export async function runGateway(configuration: GatewayConfiguration): Promise<void> {
  const destination = new LogDestination();
  const log = pino({ level: configuration.logLevel }, destination);
  const gateway = await startGateway({ configuration, purpose: "gateway", log, logLoss: () => destination.loss });
  await untilStopped(log, {
    delaySeconds: configuration.stopDelaySeconds,
    announce: () => process.stdout.write(configuration.publicUrl.map((origin) => `${origin}/\n`).join("")),
    onStopping: () => gateway.announceEnd(),
  });
  await gateway.close();
  await destination.end();
  // Everything is answered, stored and written, so do not wait for clients that still hold a connection.
  process.exit();
}
