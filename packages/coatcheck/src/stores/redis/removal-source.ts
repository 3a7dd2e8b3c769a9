import type { BoundedCalls } from "../../core/bounded-calls.ts";
import type { RemovalSource } from "../../core/removal-channel.ts";
import { parseRemovalMessage } from "../../core/removal-message.ts";
import type { RemovalListener } from "../../core/session-store.ts";
import type { RedisPrimaryWatch } from "./primary-watch.ts";
import type { RedisConnection } from "./redis-connection.ts";

interface RemovalSourceParts {
  readonly connection: RedisConnection;
  readonly channel: string;
  readonly calls: BoundedCalls;
  readonly watch: RedisPrimaryWatch;
}

/** The messages that the scripts publish, heard on a connection of its own. */
export function redisRemovalSource({ connection, channel, calls, watch }: RemovalSourceParts): RemovalSource {
  return {
    async listen(onRemoved, onLost, signal) {
      const onMessage = (message: Buffer) => tellOf(message, onRemoved);
      const subscription = await connection.listen({ channel, write: watch.write, onMessage, onLost, signal });
      const stopWatching = watch.onWrongServer(onLost);
      return {
        ping: () => Promise.all([subscription.ping(), watch.look(calls)]),
        close() {
          stopWatching();
          subscription.close();
        },
      };
    },
    watchTopology: (onChange) => connection.watchTopology(onChange),
  };
}

/** Messages of other programs on the channel are ignored, and must not keep the store from hearing its own. */
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
    const removal = parseRemovalMessage({ userKey, sessionId, userId, reason });
    if (removal !== null) onRemoved(removal);
  }
}
