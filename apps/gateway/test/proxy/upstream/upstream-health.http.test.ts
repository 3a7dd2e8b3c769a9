import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { PassThrough } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { SessionManager } from "coatcheck";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { ManualClock } from "coatcheck/testing";
import { pino } from "pino";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { allowancesOf } from "../../../src/one-reading/path-allowances.ts";
import { LiveConnections } from "../../../src/proxy/connections/live-connections.ts";
import { tryConnect } from "../../../src/proxy/upstream/try-connect.ts";
import { UpstreamHealth } from "../../../src/proxy/upstream/upstream-health.ts";
import { Upstreams } from "../../../src/proxy/upstream/upstreams.ts";
import type { Route } from "../../../src/routing/route.ts";
import { openTestDoor } from "../../support/test-doors.ts";

const ORIGIN = "http://localhost:8080";

/** A logger, and the events that were written by it. */
function recordedLog() {
  const lines = new PassThrough();
  const log = pino(lines);
  const events = () => {
    const text = String(lines.read() ?? "");
    return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line).event as string]));
  };
  return { log, events };
}

describe("the health of an upstream", () => {
  function recorded() {
    const clock = new ManualClock();
    const { log, events } = recordedLog();
    const tried: string[] = [];
    let answer = Promise.reject(new Error("refused"));
    answer.catch(() => {});
    const tryConnect = (upstream: string) => {
      tried.push(upstream);
      return answer;
    };
    const recover = () => {
      answer = Promise.resolve() as Promise<never>;
    };
    return { clock, events, tried, recover, health: new UpstreamHealth({ clock, log, tryConnect }) };
  }
  const fail = (health: UpstreamHealth, times: number, upstream = "http://app", code = "ECONNREFUSED") => {
    const error = Object.assign(new Error(code), { code });
    for (let time = 0; time < times; time++) health.connectFailed(upstream, error);
  };

  test("is down after three connects in a row that failed, and of its own", () => {
    const { health, events } = recorded();
    fail(health, 2);
    health.succeeded("http://app");
    fail(health, 2);
    expect([health.admits("http://app"), events()]).toEqual([true, []]);
    fail(health, 1);
    expect([health.admits("http://app"), events()]).toEqual([false, ["upstream_down"]]);
    expect(health.admits("http://other")).toBe(true);
  });

  test("is tried once a second while it is down and asked for, however many requests ask", async () => {
    const { health, clock, events, tried } = recorded();
    fail(health, 3);
    for (let second = 1; second <= 3; second++) {
      clock.advanceSeconds(0.999);
      expect(health.admits("http://app")).toBe(false);
      expect(tried).toHaveLength(second - 1);
      clock.advanceSeconds(0.001);
      expect([health.admits("http://app"), health.admits("http://app")]).toEqual([false, false]);
      await nextTurn();
      expect(tried).toHaveLength(second);
    }
    expect(events()).toEqual(["upstream_down"]);
  });

  test("is up again when it takes a connection, though no request went there", async () => {
    const { health, clock, events, recover } = recorded();
    fail(health, 3);
    recover();
    clock.advanceSeconds(1);
    expect(health.admits("http://app")).toBe(false);
    await nextTurn();
    expect([health.admits("http://app"), events()]).toEqual([true, ["upstream_down", "upstream_up"]]);
  });

  test("is good again with the first success, and said to be once", () => {
    const { health, events } = recorded();
    fail(health, 4);
    health.succeeded("http://app");
    health.succeeded("http://app");
    expect([health.admits("http://app"), health.admits("http://app")]).toEqual([true, true]);
    fail(health, 2);
    expect([health.admits("http://app"), events()]).toEqual([true, ["upstream_down", "upstream_up"]]);
  });

  test.each(["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM", "EADDRNOTAVAIL"])(
    "is not judged by what runs short here: %s",
    (code) => {
      const { health, events } = recorded();
      fail(health, 10, "http://app", code);
      expect([health.admits("http://app"), events()]).toEqual([true, []]);
    },
  );

  test("is tried although the clock was put back", () => {
    const { health, clock, tried } = recorded();
    fail(health, 3);
    clock.advanceSeconds(-3_600);
    health.admits("http://app");
    health.admits("http://app");
    expect(tried).toEqual(["http://app"]);
  });
});

describe("an upstream that goes away and returns", () => {
  test("is not waited for meanwhile, and found again by one connection", async () => {
    const first = await listening(0);
    const { port } = first.address() as AddressInfo;
    const { clock, events, ask } = await frontOf(port);
    expect(await ask()).toEqual([200, null]);
    first.closeAllConnections();
    first.close();
    await once(first, "close");

    // The connection that was left open may still seem to be.
    const answers = [await ask()];
    while (answers.at(-1)?.[1] === null && answers.length < 10) answers.push(await ask());
    expect(answers.at(-1)).toEqual([502, "1"]);
    expect(answers.length).toBeGreaterThan(3);
    expect(events().filter((event) => event !== "upstream_failed")).toEqual(["upstream_down"]);

    const second = await listening(port);
    let connections = 0;
    second.on("connection", () => connections++);
    expect(await ask()).toEqual([502, "1"]);
    expect(connections).toBe(0);
    clock.advanceSeconds(1);
    expect(await ask()).toEqual([502, "1"]);
    await vi.waitFor(async () => expect(await ask()).toEqual([200, null]), { timeout: 15_000 });
    expect(await Promise.all([ask(), ask()])).toEqual([
      [200, null],
      [200, null],
    ]);
    expect(events()).toEqual(["upstream_up"]);
  });

  async function listening(port: number): Promise<Server> {
    const server = createServer((_request, response) => response.end("from upstream"));
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return server;
  }

  /** Forwards what it is asked to the port: the status, and when to try again. */
  async function frontOf(port: number) {
    const clock = new ManualClock();
    const { log, events } = recordedLog();
    const upstreams = new Upstreams({
      isOwnCookie: () => false,
      live: new LiveConnections(),
      log,
      health: new UpstreamHealth({ clock, log, tryConnect }),
    });
    const sessions = new SessionManager({ store: new MemorySessionStore({ clock }), clock });
    const { origin, door } = openTestDoor({ sessions, origin: ORIGIN });
    const route: Route = {
      host: null,
      path: "/",
      upstream: `http://127.0.0.1:${port}`,
      access: { kind: "public" },
      audience: "app",
      identityHeaders: false,
      forwardHeaders: [],
      dropHeaders: [],
      ...allowancesOf(() => false),
      caseInsensitive: false,
      caseSensitive: false,
      refusePathInfo: false,
      timeoutSeconds: 30,
    };
    const front = createServer((request, response) => {
      const auth = door.publicAuth.admit({ method: "GET", headers: { get: () => null } });
      if (!auth.ok) throw new Error("The guard refused.");
      const who = { identity: null, session: null, clientAddress: "127.0.0.1" };
      const admitted = { origin, route, auth, target: request.url ?? "", ...who };
      void upstreams.forward(request, response, admitted).then((failure) => {
        if (failure === null) return;
        const { retryAfterSeconds } = failure;
        response.writeHead(502, retryAfterSeconds === null ? {} : { "retry-after": String(retryAfterSeconds) }).end();
      });
    });
    front.listen(0, "127.0.0.1");
    await once(front, "listening");
    onTestFinished(async () => {
      front.closeAllConnections();
      front.close();
      await upstreams.close();
    });
    const url = `http://127.0.0.1:${(front.address() as AddressInfo).port}/`;
    const ask = async () => {
      const response = await fetch(url);
      await response.text();
      return [response.status, response.headers.get("retry-after")];
    };
    return { clock, events, ask };
  }
});
