import type { FastifyInstance } from "fastify";
import type { GatewayConfiguration } from "./config/gateway-configuration.ts";
import { GatewayError } from "./errors.ts";

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "the port is in use",
  EACCES: "this user may not listen there",
  EADDRNOTAVAIL: "this machine has no such address",
  ENOTFOUND: "the host name is unknown",
};

/** Listens; for `localhost` on each loopback address that the name stands for here, since browsers choose either. */
export async function listen(server: FastifyInstance, { host, port }: GatewayConfiguration): Promise<void> {
  try {
    await server.listen({ host, port });
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown error";
    const reason = REASONS[code] ?? code;
    throw new GatewayError("cannot_listen", `Cannot listen on ${host}, port ${port}: ${reason}.`, { cause });
  }
}
