import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, get, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { freePort } from "@coatcheck/throwaway-servers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { vocabulary } from "../../src/audit/vocabulary.ts";
import { Client } from "../support/client.ts";
import { GatewayProcess } from "../support/gateway-process.ts";

const ada = { email: "ada@example.com", password: "counting analytical engines" };
const POLL = { timeout: 10_000, interval: 50 };

let upstream: Server;
let origin: string;
let gateway: GatewayProcess;
let metricsUrl: string;

beforeAll(async () => {
  upstream = createServer((request, response) => {
    if (request.url === "/app/events") {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: hello\n\n");
    } else if (request.url === "/app/short") {
      response.writeHead(200, { "content-length": "100" });
      response.write("not all", () => response.destroy());
    } else if (request.url?.startsWith("/app/status/")) {
      response.writeHead(Number(request.url.slice(12))).end();
    } else if (request.url !== "/app/silent")
      response.writeHead(request.url === "/app/broken" ? 500 : 200).end("from upstream");
  });
  upstream.listen(0, "127.0.0.1");
  await once(upstream, "listening");
  origin = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const port = await freePort();
  metricsUrl = `http://localhost:${port}`;
  gateway = await GatewayProcess.create({
    COATCHECK_METRICS_PORT: String(port),
    COATCHECK_FORWARD_AUTH: "true",
    COATCHECK_TRUSTED_PROXIES: "127.0.0.1,::1",
    COATCHECK_ROUTES: JSON.stringify([
      { path: "/app/", access: "login", upstream: origin },
      { path: "/gone/", access: "public", upstream: "http://127.0.0.1:9" },
    ]),
  });
  await gateway.addUser(ada.email, ada.password);
  await gateway.start();
});

afterAll(async () => {
  upstream.closeAllConnections();
  upstream.close();
  await gateway.dispose();
});

/** What is counted, by series: `name{label="value",…}`. */
async function metrics(): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(`${metricsUrl}/metrics`);
  expect([response.status, response.headers.get("content-type")]).toEqual([
    200,
    "text/plain; version=0.0.4; charset=utf-8",
  ]);
  const lines = (await response.text()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => {
      const [, series, value] = /^([a-z_0-9]+(?:\{.*\})?) (\S+)$/.exec(line) ?? [];
      // The delay of the event loop is no number where none was measured.
      expect(line).toMatch(/^(coatcheck_.* -?[\d.e-]+|(nodejs|process)_.* \S+)$/);
      return [series ?? "", Number(value)];
    }),
  );
}

async function loggedIn(): Promise<Client> {
  const client = new Client(gateway.url);
  expect((await client.login(ada.email, ada.password)).status).toBe(200);
  return client;
}

/** By how much each of these series grows while `act` goes on; answers are counted a moment after they are sent. */
async function expectGrowth(act: () => Promise<unknown>, expected: Readonly<Record<string, number>>): Promise<void> {
  const before = await metrics();
  await act();
  const growth = async () => {
    const after = await metrics();
    return Object.fromEntries(
      Object.keys(expected).map((series) => [series, (after.get(series) ?? Number.NaN) - (before.get(series) ?? 0)]),
    );
  };
  await expect.poll(growth, POLL).toEqual(expected);
}

const requests = (handler: string, status: number | string) =>
  `coatcheck_http_request_duration_seconds_count{handler="${handler}",status="${status}"}`;
const upstreamAnswers = (outcome: string, of = origin) =>
  `coatcheck_upstream_response_seconds_count{upstream="${of}",outcome="${outcome}"}`;
const events = (event: string) => `coatcheck_security_events_total{event="${event}"}`;

test("before anything happened each event is there, as zero", async () => {
  const counted = await metrics();
  for (const event of Object.keys(vocabulary)) expect([event, counted.get(events(event))]).toEqual([event, 0]);
  expect(counted.get("coatcheck_removal_channel_open")).toBe(1);
  expect(counted.get("coatcheck_audit_events_dropped_total")).toBe(0);
  expect(counted.get(`coatcheck_upstream_up{upstream="${origin}"}`)).toBe(1);
  expect(counted.get("process_cpu_seconds_total")).toBeGreaterThan(0);
});

test("a stranger's page that leads its own name here reads nothing", async () => {
  const statusUnder = (host: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      get(`${metricsUrl}/metrics`, { headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on("error", reject);
    });
  for (const host of ["evil.example", "evil.example:9464", "localhost.evil.example"]) {
    expect([host, await statusUnder(host)]).toEqual([host, 421]);
  }
  for (const host of ["localhost:9464", "127.0.0.1", "[::1]:9464", "gateway-1:9464"]) {
    expect([host, await statusUnder(host)]).toEqual([host, 200]);
  }
});

test("logins, by how they end, and what the store was asked for", async () => {
  const act = async () => {
    await loggedIn();
    await new Client(gateway.url).login(ada.email, "wrong password 1");
  };
  await expectGrowth(act, {
    [requests("gateway", 200)]: 1,
    [requests("gateway", 401)]: 1,
    [events("authn_login_success")]: 1,
    [events("authn_login_fail")]: 1,
    [events("session_created")]: 1,
    'coatcheck_session_store_seconds_count{operation="insert",outcome="ok"}': 1,
  });
});

test("what goes to a service, by its answer; and what is refused before it gets there", async () => {
  const client = await loggedIn();
  const act = async () => {
    await (await client.send("GET", "/app/page")).text();
    await (await client.send("GET", "/app/broken")).text();
    await new Client(gateway.url).send("GET", "/app/page");
  };
  await expectGrowth(act, {
    [requests("service", 200)]: 1,
    [requests("service", 500)]: 1,
    [requests("gateway", 401)]: 1,
    [upstreamAnswers("200")]: 1,
    [upstreamAnswers("500")]: 1,
    'coatcheck_session_store_seconds_count{operation="find",outcome="ok"}': 2,
  });
});

test("a service that takes no connections", async () => {
  const act = async () => {
    for (let time = 0; time < 3; time++) await fetch(`${gateway.url}/gone/`);
  };
  await expectGrowth(act, {
    [requests("service", 502)]: 3,
    [upstreamAnswers("upstream_unreachable", "http://127.0.0.1:9")]: 3,
    'coatcheck_upstream_up{upstream="http://127.0.0.1:9"}': -1,
  });
});

test("questions of other proxies, by the answer", async () => {
  const client = await loggedIn();
  const question = { "x-forwarded-method": "GET", "x-forwarded-uri": "/app/page", "x-forwarded-proto": "http" };
  const ask = (cookie: string) =>
    fetch(`${gateway.url}/auth/verify/forward`, {
      headers: { ...question, "x-forwarded-host": new URL(gateway.url).host, cookie },
    });
  const act = async () => {
    expect([(await ask(client.cookieHeader)).status, (await ask("")).status]).toEqual([200, 401]);
  };
  await expectGrowth(act, {
    [requests("verify", 200)]: 1,
    [requests("verify", 401)]: 1,
    [requests("gateway", 200)]: 0,
  });
});

test("what is open, while it is", async () => {
  const client = await loggedIn();
  const aborted = new AbortController();
  const open = () =>
    fetch(`${gateway.url}/app/events`, { headers: { cookie: client.cookieHeader }, signal: aborted.signal });
  const [lasting, sessions] = [
    'coatcheck_open_connections{kind="lasting"}',
    "coatcheck_sessions_with_open_connections",
  ];
  const streams: Response[] = [];
  const openTwo = async () => {
    streams.push(await open(), await open());
  };
  await expectGrowth(openTwo, { [lasting]: 2, [sessions]: 1 });
  await expectGrowth(async () => aborted.abort(), { [lasting]: -2, [sessions]: -1 });
});

test("what is broken off, by either side", async () => {
  const client = await loggedIn();
  const ask = async (path: string, after: "answer" | "arrival") => {
    const aborted = new AbortController();
    const arrived = once(upstream, "request");
    const answer = fetch(gateway.url + path, { headers: { cookie: client.cookieHeader }, signal: aborted.signal });
    if (after === "answer") await answer;
    else await arrived;
    aborted.abort();
    await answer.then((response) => response.text()).catch(() => {});
  };
  const act = async () => {
    await ask("/app/events", "answer");
    await ask("/app/silent", "arrival");
    const short = await client.send("GET", "/app/short");
    await expect(short.text()).rejects.toThrow();
  };
  await expectGrowth(act, {
    [requests("service", 200)]: 2,
    [requests("service", "broken_off")]: 1,
    [upstreamAnswers("200")]: 2,
    [upstreamAnswers("client_left")]: 1,
  });
  const lines = gateway.log.split("\n").filter((line) => /"path":"\/app\/(events|silent|short)"/.test(line));
  const broken = lines.map((line) => JSON.parse(line)).filter(({ complete }) => !complete);
  expect(broken.map(({ path, status }) => [path, status]).slice(-3)).toEqual([
    ["/app/events", 200],
    ["/app/silent", null],
    ["/app/short", 200],
  ]);
});

test("what is no request that a route could have", async () => {
  const { host, port } = new URL(gateway.url);
  const answerTo = async (lines: string) => {
    const socket = connect({ host: "localhost", port: Number(port) });
    socket.write(lines.replaceAll("\n", "\r\n"));
    const [answer] = (await once(socket, "data")) as [Buffer];
    socket.destroy();
    return answer.toString().slice(9, 12);
  };
  const act = async () => {
    expect(await answerTo(`GET /%zz HTTP/1.1\nhost: ${host}\n\n`)).toBe("400");
  };
  await expectGrowth(act, { [requests("gateway", 400)]: 1 });
  expect(gateway.log).toContain('"path":"/%zz","status":400');
  expect(await answerTo(`POST / HTTP/1.1\nhost: ${host}\nexpect: a reply\ncontent-length: 9\n\n`)).toBe("417");
});

test("statuses that mean nothing are one series", async () => {
  const client = await loggedIn();
  const act = async () => {
    for (const status of [299, 599, 999]) await (await client.send("GET", `/app/status/${status}`)).text();
  };
  await expectGrowth(act, { [requests("service", "other")]: 3, [upstreamAnswers("other")]: 3 });
});

test("each is described, on its page too, and the page describes no other", async () => {
  const text = await (await fetch(`${metricsUrl}/metrics`)).text();
  const described = [...text.matchAll(/^# HELP (coatcheck_\w+) \S/gm)].map(([, name]) => name);
  const page = await readFile(new URL("../../../../docs/metrics.md", import.meta.url), "utf8");
  const rows = [...page.matchAll(/^\| `(coatcheck_\w+)` \|(.*?)\|/gm)];
  expect(rows.map(([, name]) => name).sort()).toEqual(described.sort());
  for (const [, name, labels] of rows) {
    const series = [...(await metrics()).keys()].find((each) => new RegExp(`^${name}(_count)?(\\{|$)`).test(each));
    const given = [...(series ?? "").matchAll(/(\w+)="/g)].map(([, label]) => label);
    expect([name, labels?.trim()]).toEqual([name, given.map((label) => `\`${label}\``).join(", ")]);
  }
});

test("nothing that a client sent is in there, and there is nothing else on that port", async () => {
  const marker = "marker-of-this-test";
  const client = new Client(gateway.url, { "user-agent": marker });
  await client.login(`${marker}@example.com`, marker);
  await fetch(`${gateway.url}/${marker}?${marker}`, {
    method: "DELETE",
    headers: { origin: `http://${marker}.example` },
  });
  await fetch(`${gateway.url}/app/${marker}`, { headers: { cookie: `coatcheck=${marker}` } });
  const counted = [...(await metrics()).keys()].join("\n");
  expect(counted).not.toContain(marker);
  expect(counted).not.toContain("ada");
  expect((await fetch(`${metricsUrl}/auth/me`)).status).toBe(404);
  expect((await fetch(`${gateway.url}/metrics`)).status).toBe(404);
});

test("a client that holds a connection to that port does not hold up the end", async () => {
  const { port } = new URL(metricsUrl);
  const socket = connect({ host: "localhost", port: Number(port) });
  socket.on("error", () => {});
  await once(socket, "connect");
  socket.write("POST /metrics HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n{");
  await (await fetch(`${metricsUrl}/metrics`)).text();
  expect(await gateway.kill("SIGTERM")).toBe(0);
  expect(gateway.log).not.toContain("stopped_late");
  socket.destroy();
});
