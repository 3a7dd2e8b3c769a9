// An application whose store is set up as docs/choosing-a-store.md says, and which listens for no error of anything.
import { createClient } from "@redis/client";
import { SessionManager } from "coatcheck";
import { migratePostgresSessions, PostgresSessionStore } from "coatcheck/stores/postgres";
import { ioredisOptions, RedisSessionStore } from "coatcheck/stores/redis";
import { Redis } from "ioredis";
import pg from "pg";

const [, , kind, url] = process.argv;

const open = {
  async pg() {
    const pool = new pg.Pool({ connectionString: url });
    await migratePostgresSessions(pool);
    return PostgresSessionStore.open({
      pool,
      async connectListener() {
        const client = new pg.Client(url);
        await client.connect();
        return client;
      },
    });
  },
  ioredis: () => RedisSessionStore.open({ client: new Redis(url, ioredisOptions) }),
  async "node-redis"() {
    const client = createClient({ url, disableOfflineQueue: true });
    await client.connect();
    return RedisSessionStore.open({ client });
  },
};

const sessions = new SessionManager({ store: await open[kind]() });
const login = await sessions.login(await sessions.begin("ada"));
process.on("message", async () => {
  const answer = await sessions.authenticate(login.token).then(
    ({ status }) => status,
    ({ code }) => code,
  );
  process.send(answer);
});
process.send("ready");
