import type { RemovalSource } from "../../core/removal-channel.ts";
import type { RemovalListener } from "../../core/session-store.ts";
import { toldRemoval } from "../../core/told-removal.ts";
import type { PostgresListener } from "./postgres-client.ts";

/** What the deleting statements notify of, heard on a connection of its own. */
export function removalSource(connectListener: () => Promise<PostgresListener>, channel: string): RemovalSource {
  return {
    async listen(onRemoved, onLost) {
      const client = await connectListener();
      client.on("error", onLost);
      client.on("end", onLost);
      client.on("notification", ({ payload = "" }) => tellOf(payload, onRemoved));
      // Whether it still ends well is of no concern: it is not used any more.
      const close = () => void client.end().catch(() => {});
      try {
        await client.query(`LISTEN ${channel}`);
      } catch (error) {
        close();
        throw error;
      }
      return { ping: () => client.query("SELECT 1"), close };
    },
  };
}

/** What somebody else notifies of on the channel is none of ours, and must not stop us from hearing. */
function tellOf(payload: string, onRemoved: RemovalListener): void {
  let told: unknown;
  try {
    told = JSON.parse(payload);
  } catch {
    return;
  }
  if (!Array.isArray(told)) return;
  const [userKey, sessionId, reason, userId] = told;
  const removal = toldRemoval({ userKey, sessionId, userId, reason });
  if (removal !== null) onRemoved(removal);
}
