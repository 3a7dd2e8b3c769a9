import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Below the ports that Linux gives to clients and to servers that ask for any port, so that none of them takes one while
 * its server is down. So are the ports 10,000 above, where the nodes of a Redis Cluster talk to each other.
 */
const FIRST_PORT = 10_240;
const PORTS = 10_000;
const ATTEMPTS = 100;

/** A port for a test's server. Another server may listen on it. */
export function randomPort(): number {
  return randomInt(FIRST_PORT, FIRST_PORT + PORTS);
}

/** A port that no server listens on. Another that picks one at the same moment may take it first. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomPort();
    if (await isFreePort(port)) return port;
  }
  throw new Error(`Of ${ATTEMPTS} ports none was free.`);
}

/** Whether no server listens on the port, at either loopback address. */
export async function isFreePort(port: number): Promise<boolean> {
  for (const host of ["127.0.0.1", "::1"]) {
    if (await isTaken(port, host)) return false;
  }
  return true;
}

/** An address that this machine does not have is not taken either. */
async function isTaken(port: number, host: string): Promise<boolean> {
  const probe = createServer();
  try {
    probe.listen(port, host);
    await once(probe, "listening");
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EADDRINUSE";
  }
  probe.close();
  await once(probe, "close");
  return false;
}
