import type { RemovalSource } from "../../core/removal-channel.ts";
import { parseRemovalMessage } from "../../core/removal-message.ts";
import type { RemovalListener } from "../../core/session-store.ts";
import type { PostgresListener } from "./postgres-client.ts";
import type { PostgresPrimaryWatch } from "./primary-watch.ts";

/** The notifications of the deleting statements, heard on a connection of its own. */
export function postgresRemovalSource(
  connectListener: () => Promise<PostgresListener>,
  channel: string,
  watch: PostgresPrimaryWatch,
): RemovalSource {
  return {
    async listen(onRemoved, onTold, signal) {
      const client = await connectListener();
      let isClosed = false;
      const onLost = () => {
        // Another server may have taken the place of this one, and the name may lead to it by now.
        if (!isClosed) watch.leave();
        onTold();
      };
      client.on("error", onLost);
      client.on("end", onLost);
      const stopWatching = watch.onWrongServer(onTold);
      client.on("notification", ({ payload = "" }) => tellOf(payload, onRemoved));
      const close = () => {
        isClosed = true;
        stopWatching();
        // Errors at its end do not matter, because it is no longer used.
        client.end().catch(() => {});
      };
      signal.addEventListener("abort", close, { once: true });
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

/** Messages of other programs on the channel are ignored, and must not keep the store from hearing its own. */
function tellOf(payload: string, onRemoved: RemovalListener): void {
  let told: unknown;
  try {
    told = JSON.parse(payload);
  } catch {
    return;
  }
  if (!Array.isArray(told)) return;
  const [userKey, sessionId, reason, userId] = told;
  const removal = parseRemovalMessage({ userKey, sessionId, userId, reason });
  if (removal !== null) onRemoved(removal);
}
