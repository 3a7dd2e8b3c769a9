import type { Clock } from "coatcheck";
import type { SessionStore } from "coatcheck/store";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { NearCacheSessionStore } from "coatcheck/stores/near-cache";
import type { GatewayConfiguration } from "../../config/settings.ts";
import type { OnConnectionFault } from "../connection-fault.ts";
import { MeasuredSessionStore, type OnStoreCall } from "./measured-session-store.ts";

export interface OpenSessionStore {
  readonly store: SessionStore;
  /** How often to look for expired sessions: the look costs more on some engines. */
  readonly sweepEverySeconds: number;
  close(): Promise<void>;
}

/** For Redis, which has to scan all keys for this, and frees expired ones by itself. */
const SECONDS_BETWEEN_WHOLE_PASSES = 3_600;
const SECONDS_BETWEEN_LOOKS = 60;

/** The settings that concern sessions. */
export type SessionsConfiguration = Pick<
  GatewayConfiguration,
  "sessions" | "sessionsListener" | "nearCacheMaxStalenessMilliseconds" | "nearCacheSettle"
>;

/**
 * Opens the configured session store, and migrates its tables to this version. `onCall` is called after each call that
 * reaches the store itself.
 *
 * @throws GatewayError `database_cannot_be_opened`; CoatcheckError `store_schema_unsupported`,
 * `store_permission_denied`
 */
export async function openSessionStore(
  configuration: SessionsConfiguration,
  clock: Clock,
  onFault: OnConnectionFault = () => {},
  onCall: OnStoreCall | null = null,
): Promise<OpenSessionStore> {
  const unmeasured = await openStore(configuration, clock, onFault);
  const opened =
    onCall === null ? unmeasured : { ...unmeasured, store: new MeasuredSessionStore(unmeasured.store, onCall) };
  const { nearCacheMaxStalenessMilliseconds: maxStalenessMilliseconds, nearCacheSettle: settle } = configuration;
  if (maxStalenessMilliseconds === null) return opened;
  const cache = new NearCacheSessionStore({ store: opened.store, maxStalenessMilliseconds, settle });
  return {
    ...opened,
    store: cache,
    async close() {
      cache.close();
      await opened.close();
    },
  };
}

/** Loads only the driver of the engine in use: loading all of them takes longer than the rest of a short command. */
async function openStore(
  { sessions, sessionsListener }: SessionsConfiguration,
  clock: Clock,
  onFault: OnConnectionFault,
): Promise<OpenSessionStore> {
  switch (sessions.kind) {
    case "memory":
      return {
        store: new MemorySessionStore({ clock }),
        sweepEverySeconds: SECONDS_BETWEEN_LOOKS,
        close: async () => {},
      };
    case "sqlite": {
      const { openSqliteSessions } = await import("./open-sqlite-sessions.ts");
      return { ...(await openSqliteSessions(sessions.path, clock)), sweepEverySeconds: SECONDS_BETWEEN_LOOKS };
    }
    case "postgres": {
      const { openPostgresSessions } = await import("./open-postgres-sessions.ts");
      const opened = await openPostgresSessions(sessions, sessionsListener ?? sessions, onFault);
      return { ...opened, sweepEverySeconds: SECONDS_BETWEEN_LOOKS };
    }
    default: {
      const { openRedisSessions } = await import("./open-redis-sessions.ts");
      return { ...(await openRedisSessions(sessions, onFault)), sweepEverySeconds: SECONDS_BETWEEN_WHOLE_PASSES };
    }
  }
}
