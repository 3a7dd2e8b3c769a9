import { startLibrary } from "@coatcheck/example-music/library";
import { startFileService } from "@coatcheck/files";
import { loadConfiguration as loadFilesConfiguration } from "@coatcheck/files/configuration";
import { LogDestination } from "@coatcheck/service/log-destination";
import { untilStopped } from "@coatcheck/service/until-stopped";
import { pino } from "pino";
import { makeDataFolder } from "../config/data-folder.ts";
import { startGateway } from "../gateway.ts";
import { demoConfiguration } from "./demo-configuration.ts";
import { writeDemoSongs } from "./demo-songs.ts";
import { demoUsers, prepareDemoUsers } from "./demo-users.ts";

/**
 * Runs the demo until it is told to stop, on this machine alone: the gateway with two users, a private music library
 * behind it, and a file service beside it that knows only a public key. Its data is in a folder of its own, in a
 * database that the gateway refuses to open.
 */
export async function runDemo(environment: NodeJS.ProcessEnv): Promise<void> {
  const demo = demoConfiguration(environment);
  const { gateway: configuration } = demo;
  const [issuer] = configuration.publicUrl;
  const { configuration: filesConfiguration } = loadFilesConfiguration({ environment: demo.filesEnvironment });
  const destination = new LogDestination();
  const log = pino({ level: configuration.logLevel }, destination);
  makeDataFolder(configuration);
  const gateway = await startGateway({
    configuration,
    purpose: "demo",
    log,
    logLoss: () => destination.loss,
    prepare: prepareDemoUsers,
  });
  await writeDemoSongs(demo.songsFolder, (text) => process.stderr.write(`${text}\n`));
  const files = await startFileService(filesConfiguration, log);
  const library = await startLibrary({
    port: demo.libraryPort,
    host: "localhost",
    issuer,
    audience: demo.libraryUrl,
    jwksUrl: `${issuer}/.well-known/jwks.json`,
    filesOrigin: demo.filesUrl,
  });
  const announcement = [
    ...configuration.publicUrl.flatMap((origin) => [`${origin}/`, `${origin}/music/`]),
    ...[demo.filesUrl, demo.libraryUrl].map((url) => `${url}/`),
    ...demoUsers.map(({ email, password }) => `Sign in as ${email} with: ${password}`),
  ];
  await untilStopped(log, {
    delaySeconds: 0,
    announce: () => process.stdout.write(`${announcement.join("\n")}\n`),
    onStopping: () => {},
  });
  await Promise.all([gateway.close(), files.close(), library.close()]);
  await destination.end();
  // Everything is answered, stored and written, so do not wait for clients that still hold a connection.
  process.exit();
}
