import { isLoopback } from "coatcheck/keys";
import type { DatabaseLocation, SessionsLocation } from "./locations.ts";
import { type GatewayConfiguration, settings } from "./settings.ts";

/** Warnings about settings that work but are unsafe: sentences for the log and for `config check`. */
export function configurationWarnings(configuration: GatewayConfiguration): readonly string[] {
  return (["database", "databaseListener", "sessions", "sessionsListener"] as const).flatMap((key) => {
    const location = configuration[key];
    if (location === null || !isReadableOnTheWay(location)) return [];
    // By default the sessions are in the same database, and one warning is enough.
    if (key === "sessions" && location === configuration.database) return [];
    return [
      `${settings[key].env} leads to another machine without TLS: what passes can be read and changed on the way.`,
    ];
  });
}

function isReadableOnTheWay(location: DatabaseLocation | SessionsLocation): boolean {
  switch (location.kind) {
    case "postgres": {
      const url = new URL(location.url.reveal());
      return !usesTls(url.searchParams) && !isLoopback(url.hostname);
    }
    case "redis":
      return !location.tls && !isLoopbackHost(location.host);
    case "redis-cluster":
      return !location.tls && !location.servers.every(({ host }) => isLoopbackHost(host));
    case "redis-sentinel":
      return !location.tls && !location.sentinels.every(({ host }) => isLoopbackHost(host));
    default:
      return false;
  }
}

/** Whether the driver would use TLS: it reads `sslmode` before `ssl`, and either may also turn TLS off. */
function usesTls(parameters: URLSearchParams): boolean {
  const mode = parameters.get("sslmode") ?? "";
  return mode === "" ? !["", "0", "false"].includes(parameters.get("ssl") ?? "") : mode !== "disable";
}

/** Adds the brackets that an IPv6 address has in a URL. */
function isLoopbackHost(host: string): boolean {
  return isLoopback(host.includes(":") ? `[${host}]` : host);
}
