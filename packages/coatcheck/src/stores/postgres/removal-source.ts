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
        // Another server may have taken its place, and the name may lead to that one by now.
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
        // How it ends does not matter: it is no longer used.
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

/** Notifications of other programs on the channel are ignored, and must not stop us from hearing ours. */
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
