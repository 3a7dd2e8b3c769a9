import { once } from "node:events";
import { createServer } from "node:net";

/** A port of `localhost` that nobody listens on. Another may take it before you do. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "localhost");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("The probe has no port.");
  return address.port;
}
