import { afterEach, expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { GatewayProcess } from "../support/gateway-process.ts";

const USERS = 4;
const CLIENTS_PER_USER = 3;
const ROUNDS = 3;
/** Of acknowledged calls, all clients together, before the gateway is killed in the middle of the next ones. */
const CALLS_BEFORE_KILL = 60;
const PASSWORD = "a password for the storm";

let gateway: GatewayProcess;

afterEach(() => gateway.dispose());

/** What was acknowledged of one session. "unknown": a call about it was under way when the gateway died. */
interface Trace {
  readonly copy: Client;
  state: "alive" | "ended" | "unknown";
}

test("kill -9 in a storm loses no acknowledged login and no acknowledged revocation", async () => {
  gateway = await GatewayProcess.create();
  const emails = Array.from({ length: USERS }, (_, index) => `user-${index}@example.com`);
  for (const email of emails) await gateway.addUser(email, PASSWORD);

  const traces: Trace[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await gateway.start();
    traces.push(...(await storm(emails)));

    await gateway.start();
    for (const trace of traces) {
      const { status } = await trace.copy.send("GET", "/auth/me");
      if (trace.state === "unknown") expect([200, 401]).toContain(status);
      else expect([trace.state, status]).toEqual([trace.state, trace.state === "alive" ? 200 : 401]);
    }
    await gateway.kill("SIGKILL");
  }
  const states = traces.map((trace) => trace.state);
  expect(states.filter((state) => state === "alive").length).toBeGreaterThan(ROUNDS);
  expect(states.filter((state) => state === "ended").length).toBeGreaterThan(ROUNDS);
}, 120_000);

async function storm(emails: readonly string[]): Promise<Trace[]> {
  const traces: Trace[] = [];
  let acknowledged = 0;
  let isOver = false;
  const acknowledge = () => {
    acknowledged++;
    if (acknowledged === CALLS_BEFORE_KILL) {
      isOver = true;
      void gateway.kill("SIGKILL");
    }
  };

  async function oneClient(email: string, endsFirst: boolean): Promise<void> {
    // One browser throughout, so that its logins are not throttled like a stranger's.
    const client = new Client(gateway.url);
    for (let endsSession = endsFirst; !isOver; endsSession = !endsSession) {
      client.cookies.delete(`coatcheck-${new URL(gateway.url).port}`);
      if ((await client.login(email, PASSWORD)).status !== 200) continue;
      const trace: Trace = { copy: client.copy(), state: "alive" };
      traces.push(trace);
      acknowledge();
      if (!endsSession) continue;
      trace.state = "unknown";
      if ((await client.send("POST", "/auth/logout")).status !== 204) continue;
      trace.state = "ended";
      acknowledge();
    }
  }

  const clients = emails.flatMap((email) =>
    Array.from({ length: CLIENTS_PER_USER }, (_, turn) => oneClient(email, turn % 2 === 0)),
  );
  // Each client ends with the refused connection of the call that it made when the gateway died.
  await Promise.allSettled(clients);
  await gateway.kill("SIGKILL");
  return traces;
}
