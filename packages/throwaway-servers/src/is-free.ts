import { once } from "node:events";
import { createServer } from "node:net";

/** Listens there, which succeeds only where nobody does. */
export async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listening = once(server.listen(port, "127.0.0.1"), "listening");
  try {
    await listening;
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
