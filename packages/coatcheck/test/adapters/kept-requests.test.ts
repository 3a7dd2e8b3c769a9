import { Agent, type ClientRequest, request as sendRequest } from "node:http";
import { describe, expect, onTestFinished, test } from "vitest";
import { contractParts } from "./contract/contract-application.ts";
import { keptApplications, listen } from "./kept/applications.ts";
import { Witnessed } from "./kept/witnessed.ts";

const REQUESTS = 40;
/** A connection that stays open has its last request; a bare server of each framework keeps as much. */
const OF_THE_OPEN_CONNECTION = 2;
const DAY = 86_400;
/** What a browser says of a script of our own page: its answers take a new secret. */
const AS_A_SCRIPT = { "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" };

interface Sent {
  readonly method?: string;
  readonly cookie?: string;
}

/** A client with one connection that stays open. */
function clientOf(url: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  const start = (path: string, { method = "GET", cookie }: Sent): ClientRequest =>
    sendRequest(url + path, { method, agent, headers: { ...AS_A_SCRIPT, ...(cookie && { cookie }) } });
  const send = (path: string, sent: Sent = {}) =>
    new Promise<{ readonly status: number | undefined; readonly cookie: string | undefined }>((resolve, reject) => {
      start(path, sent)
        .on("response", (message) => {
          const cookie = message.headers["set-cookie"]?.[0]?.split(";")[0];
          message.resume().on("end", () => resolve({ status: message.statusCode, cookie }));
        })
        .on("error", reject)
        .end();
    });
  return { start, send };
}

describe.each(Object.entries(keptApplications))("%s keeps no request, response or session", (_name, application) => {
  async function served() {
    const { clock, options } = contractParts();
    const witnessed = new Witnessed();
    const server = await application(options, witnessed.witness);
    const url = await listen(server, witnessed.witness);
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return { ...clientOf(url), clock, witnessed };
  }

  test("that was answered, refused or failed", async () => {
    const { send, witnessed } = await served();
    const { cookie = "" } = await send("/login", { method: "POST" });
    for (let index = 0; index < REQUESTS; index += 1) {
      expect((await send("/me", { cookie })).status).toBe(200);
      expect((await send("/me")).status).toBe(401);
      expect((await send("/fails", { cookie })).status).toBe(500);
    }
    expect(witnessed.count).toBeGreaterThan(6 * REQUESTS);
    expect(await witnessed.keptAbove(OF_THE_OPEN_CONNECTION)).toEqual({});
  });

  test("whose answer waited for a new secret", async () => {
    const { send, clock, witnessed } = await served();
    for (let index = 0; index < REQUESTS; index += 1) {
      const { cookie = "" } = await send("/login", { method: "POST" });
      clock.advanceSeconds(DAY);
      const answer = await send("/me", { cookie });
      expect([answer.status, answer.cookie === undefined]).toEqual([200, false]);
    }
    expect(await witnessed.keptAbove(OF_THE_OPEN_CONNECTION)).toEqual({});
  });

  test("whose client went away", async () => {
    const { start, send, witnessed } = await served();
    const { cookie = "" } = await send("/login", { method: "POST" });
    witnessed.forget();
    for (let index = 0; index < REQUESTS; index += 1) {
      const abandoned = start("/silent", { cookie });
      const before = witnessed.count;
      const closed = new Promise((resolve) => abandoned.on("error", resolve));
      abandoned.end();
      // Both Node's own and the handler's objects.
      await expect.poll(() => witnessed.count, { interval: 2 }).toBeGreaterThan(before + 2);
      abandoned.destroy();
      await closed;
    }
    // The server is told by its socket.
    await expect.poll(() => witnessed.keptAbove(OF_THE_OPEN_CONNECTION)).toEqual({});
  });
});
