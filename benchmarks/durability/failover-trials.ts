import { setTimeout as pause } from "node:timers/promises";
import { RedisSentinels, type RedisServer } from "@coatcheck/throwaway-servers";
import { SessionManager } from "coatcheck";
import { ioredisOptions, RedisSessionStore } from "coatcheck/stores/redis";
import { Redis } from "ioredis";
import { passes } from "./session-trial.ts";

export interface FailoverOutcome {
  /** A process that was started after the failover lets the session pass. */
  readonly isUndone: boolean;
  /** The process that revoked it lets it pass. */
  readonly passesAtRevoker: boolean;
  /** It was removed again from the new primary by the process that revoked it. */
  readonly isRepaired: boolean;
  /** `WAIT 1` on the revoking connection said that the replica had it. Null where it was not asked. */
  readonly isReplicated: boolean | null;
}

const WAIT_MILLISECONDS = 100;
const PATIENCE_MILLISECONDS = 30_000;

/** Ends a session, kills the primary at once, and looks again when the replica has taken over. */
export async function failoverTrial(options: {
  /** The replica is cut off before the session is ended, as one that lags behind. */
  readonly lags: boolean;
  readonly asksToWait: boolean;
}): Promise<FailoverOutcome> {
  const sentinels = await RedisSentinels.start();
  const client = clientOf(sentinels);
  try {
    const store = await RedisSessionStore.open({ client });
    const sessions = new SessionManager({ store });
    const login = await sessions.login(await sessions.begin("ada"));
    if (login.outcome !== "logged_in") throw new Error(`The login was not taken: ${login.outcome}.`);
    await client.wait(1, 5_000);

    const primary = await sentinels.master();
    const replica = sentinels.servers.find((server) => server !== primary) as RedisServer;
    if (options.lags) {
      // It stands still, so that it cannot connect again; what it has received by now it will still read.
      replica.pause();
      await primary.command("CLIENT", "KILL", "TYPE", "replica");
    }
    await sessions.logout(login.authentication);
    const isReplicated = options.asksToWait ? (await client.wait(1, WAIT_MILLISECONDS)) >= 1 : null;
    await primary.kill();
    replica.resume();

    await until(async () => (await sentinels.master()) === replica);
    const isUndone = await passesAtNewProcess(sentinels, login.token);
    const passesAtRevoker =
      (await Promise.resolve(sessions.authenticate(login.token)).catch(() => null))?.status === "authenticated";
    await until(async () => (await client.ping()) === "PONG");
    // The channel is open again within moments; a repair follows at once.
    await pause(3_000);
    const isRepaired = !(await passesAtNewProcess(sentinels, login.token));
    store.close();
    return { isUndone, passesAtRevoker, isRepaired, isReplicated };
  } finally {
    client.disconnect();
    await sentinels.stop();
  }
}

function clientOf(sentinels: RedisSentinels): Redis {
  const client = new Redis({ ...ioredisOptions, sentinels: [...sentinels.addresses], name: sentinels.masterName });
  client.on("error", () => {});
  return client;
}

/** Once it gets an answer: while primaries change places, connections come and go. */
async function passesAtNewProcess(sentinels: RedisSentinels, token: string): Promise<boolean> {
  let isPassing = false;
  await until(async () => {
    const client = clientOf(sentinels);
    try {
      isPassing = await passes(await RedisSessionStore.open({ client }), token);
      return true;
    } finally {
      client.disconnect();
    }
  });
  return isPassing;
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + PATIENCE_MILLISECONDS;
  while (!(await isTrue().catch(() => false))) {
    if (performance.now() > giveUpAt) throw new Error("The failover did not come.");
    await pause(50);
  }
}
