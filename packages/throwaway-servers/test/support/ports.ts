import { once } from "node:events";
import { createServer } from "node:net";

/** Listens there, which succeeds only where nobody does. */
export async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listening = once(server.listen(port, "127.0.0.1"), "listening");
  try {
    await listening;
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
