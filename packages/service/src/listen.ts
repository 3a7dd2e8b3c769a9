import type { FastifyInstance } from "fastify";
import { type OperatorErrorClass, systemCodeOf } from "./operator-error.ts";

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "the port is in use",
  EACCES: "this user may not listen there",
  EADDRNOTAVAIL: "this machine has no such address",
  ENOTFOUND: "the host name is unknown",
};

/**
 * Listens; for `localhost` on each loopback address that the name stands for here, since browsers choose either.
 *
 * @throws OperatorError `cannot_listen`
 */
export async function listen(
  server: FastifyInstance,
  { host, port }: { readonly host: string; readonly port: number },
  OperatorError: OperatorErrorClass,
): Promise<void> {
  try {
    await server.listen({ host, port });
  } catch (cause) {
    const code = systemCodeOf(cause);
    const message = `Cannot listen on ${host}, port ${port}: ${REASONS[code] ?? code}.`;
    throw new OperatorError("cannot_listen", message, { cause });
  }
}
