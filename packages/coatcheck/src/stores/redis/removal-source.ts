import type { RemovalSource } from "../../core/removal-channel.ts";
import type { RemovalListener } from "../../core/session-store.ts";
import { toldRemoval } from "../../core/told-removal.ts";
import type { RedisConnection } from "./redis-connection.ts";

/** What the scripts publish, heard on a connection of its own. */
export function removalSource(connection: RedisConnection, channel: string): RemovalSource {
  return {
    listen: (onRemoved, onLost) => connection.listen(channel, (message) => tellOf(message, onRemoved), onLost),
    watchTopology: (onChange) => connection.watchTopology(onChange),
  };
}

/** What somebody else publishes on the channel is none of ours, and must not stop us from hearing. */
function tellOf(message: Buffer, onRemoved: RemovalListener): void {
  let removals: unknown;
  try {
    removals = JSON.parse(message.toString("utf8"));
  } catch {
    return;
  }
  if (!Array.isArray(removals) || !Array.isArray(removals[1])) return;
  const [userKey, removed] = removals as [unknown, unknown[]];
  for (const each of removed) {
    if (!Array.isArray(each)) continue;
    const [sessionId, reason, userId] = each;
    const removal = toldRemoval({ userKey, sessionId, userId, reason });
    if (removal !== null) onRemoved(removal);
  }
}
