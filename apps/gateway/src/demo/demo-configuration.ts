import { join } from "node:path";
import { isLoopback } from "coatcheck/keys";
import { loadConfiguration } from "../config/load-configuration.ts";
import type { GatewayConfiguration } from "../config/settings.ts";
import { GatewayError } from "../errors.ts";

/** The places of the demo's parts, and their settings for each other. */
export interface DemoConfiguration {
  readonly gateway: GatewayConfiguration;
  /** The settings of the file service, as environment variables. */
  readonly filesEnvironment: Readonly<Record<string, string>>;
  readonly filesUrl: string;
  readonly libraryUrl: string;
  readonly libraryPort: number;
  readonly songsFolder: string;
}

/**
 * The demo's settings: a gateway with one private service behind it, and a file service beside it. From the environment
 * it takes ports, the data folder, and all gateway settings except those that make up the demo.
 *
 * @throws GatewayError `invalid_configuration`
 */
export function demoConfiguration(environment: NodeJS.ProcessEnv): DemoConfiguration {
  const { COATCHECK_DATA = ".coatcheck", COATCHECK_LOG_LEVEL: logLevel = "warn" } = environment;
  const { FILES_PORT = "8081", LIBRARY_PORT = "8082" } = environment;
  const data = join(COATCHECK_DATA, "demo");
  const filesUrl = localUrl("FILES_PORT", FILES_PORT);
  const libraryUrl = localUrl("LIBRARY_PORT", LIBRARY_PORT);
  const routes = ["/api/library/", "/music/"].map((path) => ({ path, upstream: libraryUrl, access: "login" }));
  const { configuration: gateway } = loadConfiguration({
    environment: {
      ...environment,
      COATCHECK_DATA: data,
      COATCHECK_LOG_LEVEL: logLevel,
      COATCHECK_ROUTES: JSON.stringify(routes),
      COATCHECK_FILES_URL: filesUrl,
      COATCHECK_PASS_PATHS: "/songs/",
    },
  });
  const publicNames = gateway.publicUrl.map((origin) => new URL(origin).hostname);
  for (const hostname of [...publicNames, hostnameOf(gateway.host)]) {
    if (isLoopback(hostname)) continue;
    throw new GatewayError(
      "invalid_configuration",
      `The demo's passwords are published, so it serves this machine alone: "${hostname}" is not loopback.`,
    );
  }
  const songsFolder = join(data, "music");
  const filesEnvironment = {
    FILES_PORT,
    COATCHECK_FILES_SOURCE: `folder:${songsFolder}`,
    COATCHECK_ISSUER: gateway.publicUrl[0],
    COATCHECK_FILES_ALLOWED_ORIGINS: gateway.publicUrl.join(","),
    COATCHECK_LOG_LEVEL: logLevel,
  };
  return { gateway, filesEnvironment, filesUrl, libraryUrl, libraryPort: Number(LIBRARY_PORT), songsFolder };
}

function localUrl(name: string, port: string): string {
  if (/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535) return `http://localhost:${Number(port)}`;
  throw new GatewayError("invalid_configuration", `${name} must be a port from 1 to 65535.`);
}

/** The host as URLs write it: IPv6 addresses in brackets. */
function hostnameOf(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
