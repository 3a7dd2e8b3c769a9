import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GatewayProcess } from "../../support/gateway-process.ts";
import { runCommand } from "../../support/run-command.ts";
import { ada, GatewayForProxies } from "./support/gateway-for-proxies.ts";
import { aroundTheRole } from "./support/hostile-requests.ts";
import { crossSite, HOST, navigation, ORIGIN, type SentRequest, sameOrigin, Visitor } from "./support/visitor.ts";

type Headers = NonNullable<SentRequest["headers"]>;

/** What a client asked of a proxy. */
interface Asked {
  readonly method?: string;
  readonly target?: string;
  readonly host?: string;
  readonly headers?: Headers;
}

/** Headers of the connection, which a proxy does not send on. */
const OF_THE_CONNECTION = ["connection", "upgrade", "keep-alive", "te", "trailer", "transfer-encoding"];
/** What the gateway's page for Envoy has it send on. */
const ALLOWED_AT_ENVOY = /^(cookie|origin|accept|x-csrf|coatcheck-slide|upgrade|sec-fetch-.*|sec-websocket-.*)$/;

/** How each proxy asks the gateway, as its source has it. */
const proxies = {
  /** GET without a body; what the client said in its words is overwritten. */
  Traefik: ({ method = "GET", target = "/app/page", host = HOST, headers = {} }: Asked): SentRequest => ({
    target: "/auth/verify/forward",
    headers: {
      ...without(headers, OF_THE_CONNECTION),
      host: "gateway.internal:8080",
      "user-agent": "Mozilla/5.0",
      "accept-encoding": "gzip",
      "x-forwarded-for": "192.0.2.7",
      "x-forwarded-method": method,
      "x-forwarded-proto": "https",
      "x-forwarded-port": "443",
      "x-forwarded-host": host,
      "x-forwarded-uri": target,
      "x-forwarded-server": "traefik",
      "x-real-ip": "192.0.2.7",
    },
  }),
  /** The method and host as they were, the path behind the prefix, no body, and of the headers those that are listed. */
  Envoy: ({ method = "GET", target = "/app/page", host = HOST, headers = {} }: Asked): SentRequest => ({
    method,
    target: `/auth/verify/envoy${target}`,
    headers: {
      ...Object.fromEntries(Object.entries(headers).filter(([name]) => ALLOWED_AT_ENVOY.test(name))),
      host,
      "content-length": "0",
      "x-envoy-internal": "true",
      "x-forwarded-for": "192.0.2.7",
      "x-forwarded-proto": "https",
      "x-request-id": "f0b2b1a4-7a3c-4b7e-8d0f-0a1b2c3d4e5f",
    },
  }),
  nginx: ({ method = "GET", target = "/app/page", host = HOST, headers = {} }: Asked): SentRequest => ({
    target: "/auth/verify/nginx",
    headers: {
      ...without(headers, OF_THE_CONNECTION),
      host: "gateway",
      connection: "close",
      "x-original-method": method,
      "x-original-url": `https://${host}${target}`,
    },
  }),
} as const;

let gateway: GatewayForProxies;

beforeAll(async () => {
  gateway = await GatewayForProxies.create();
});

afterAll(() => gateway?.dispose());

const anonymous = () => new Visitor(gateway.port);

async function loggedIn(): Promise<Visitor> {
  const visitor = anonymous();
  await visitor.login(ada.email, ada.password);
  return visitor;
}

describe.each(Object.entries(proxies))("%s, by the request that it sends,", (name, ask) => {
  test("is told who is logged in, by headers alone", async () => {
    const { status, headers, body } = await (await loggedIn()).send(ask({ target: "/app/page?x=1" }));
    expect([status, body, headers["cache-control"], headers["set-cookie"]]).toEqual([200, "", "no-store", undefined]);
    expect(headers).toMatchObject({ "remote-email": ada.email, "remote-name": "Ada", "remote-groups": "" });
    expect(headers.authorization).toMatch(/^Bearer [\w-]+\.[\w-]+\.[\w-]+$/);
  });

  test("is told that there is no user, and where people sign in", async () => {
    const guessing = anonymous();
    guessing.keepCookie("__Host-Http-session", "A".repeat(64));
    for (const visitor of [anonymous(), guessing]) {
      const script = await visitor.send(ask({ headers: { accept: "text/html", ...sameOrigin } }));
      expect([script.status, script.body, script.headers.location]).toEqual([401, "", undefined]);
      expect([script.headers["set-cookie"], script.headers["remote-user"]]).toEqual([undefined, undefined]);
      const person = await visitor.send(ask({ target: "/app/page?tab=1", headers: navigation }));
      const location = `${ORIGIN}/auth/sign-in?next=%2Fapp%2Fpage%3Ftab%3D1`;
      expect([person.status, person.body, person.headers.location]).toEqual([
        name === "nginx" ? 401 : 302,
        "",
        location,
      ]);
      expect(person.headers["set-cookie"]).toBeUndefined();
      const form = await visitor.send(ask({ method: "POST", headers: { ...navigation, origin: ORIGIN } }));
      expect([form.status, form.headers.location]).toEqual([401, undefined]);
    }
  });

  test("lets our own pages change something, and no others", async () => {
    const visitor = await loggedIn();
    for (const method of ["POST", "PUT", "DELETE", "PURGE"]) {
      const statuses = [sameOrigin, { "x-csrf": "1" }, crossSite, {}].map(
        async (headers) => (await visitor.send(ask({ method, headers }))).status,
      );
      expect([method, await Promise.all(statuses)]).toEqual([method, [200, 200, 403, 403]]);
    }
  });

  test("opens a WebSocket for our own pages, and for no others", async () => {
    const visitor = await loggedIn();
    const handshake = { connection: "Upgrade", upgrade: "websocket" };
    const key = { "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" };
    const version = { "sec-websocket-version": "13" };
    const mode = { "sec-fetch-mode": "websocket" };
    for (const named of [{ ...handshake, ...key, ...version }, key, version, mode]) {
      // The gateway would take a connection's Upgrade for one of its own.
      const shown = without(named, ["connection", "upgrade"]);
      const statuses = [ORIGIN, "https://evil.example"].map(
        async (origin) => (await visitor.send(ask({ headers: { ...shown, origin } }))).status,
      );
      expect([shown, await Promise.all(statuses)]).toEqual([shown, [200, 403]]);
    }
  });

  test("has no answer for other hosts, or for a path that can be read in several ways", async () => {
    const visitor = await loggedIn();
    for (const host of ["evil.example", `${HOST}.evil.example`, `evil.${HOST}`]) {
      expect([host, (await visitor.send(ask({ host }))).status]).toEqual([host, 403]);
    }
    expect((await visitor.send(ask({ host: `${HOST}:443` }))).status).toBe(200);
    const plain = aroundTheRole.filter((target) => target.startsWith("/"));
    for (const target of plain) {
      expect([target, (await visitor.send(ask({ target }))).status]).toEqual([target, 403]);
    }
  });

  test("is told nothing, where it is not one of ours", async () => {
    const stranger = (await loggedIn()).copy(gateway.port, "127.0.0.2");
    for (const headers of [{}, navigation, sameOrigin]) {
      const { status, headers: told } = await stranger.send(ask({ headers }));
      expect([status, told["remote-user"], told.location]).toEqual([403, undefined, undefined]);
    }
  });
});

describe("what is not said", () => {
  const forward = { "x-forwarded-method": "GET", "x-forwarded-host": HOST, "x-forwarded-uri": "/app/page" };
  const nginx = { "x-original-method": "GET", "x-original-url": `${ORIGIN}/app/page` };

  test("of the method counts as one that changes something", async () => {
    const visitor = await loggedIn();
    for (const [dialect, headers, method] of [
      ["forward", forward, "x-forwarded-method"],
      ["nginx", nginx, "x-original-method"],
    ] as const) {
      const target = `/auth/verify/${dialect}`;
      const silent = without(headers, [method]);
      expect((await visitor.send({ target, headers })).status).toBe(200);
      expect((await visitor.send({ target, headers: silent })).status).toBe(403);
      expect((await visitor.send({ target, headers: { ...silent, ...sameOrigin } })).status).toBe(200);
      expect((await anonymous().send({ target, headers: { ...silent, ...navigation } })).status).toBe(401);
    }
  });

  test.each([
    ["forward", forward, "x-forwarded-host"],
    ["forward", forward, "x-forwarded-uri"],
    ["nginx", nginx, "x-original-url"],
  ] as const)("%s: of the rest is refused, and so is what is said twice", async (dialect, headers, name) => {
    const visitor = await loggedIn();
    const target = `/auth/verify/${dialect}`;
    expect((await visitor.send({ target, headers: without(headers, [name]) })).status).toBe(403);
    const given = String(
      without(
        headers,
        Object.keys(headers).filter((each) => each !== name),
      )[name],
    );
    expect((await visitor.send({ target, headers: { ...headers, [name]: [given, given] } })).status).toBe(403);
  });
});

describe("what the proxy's configuration asks for", () => {
  const statusOf = async (visitor: Visitor, query: string, target = "/app/page") => {
    const asked = proxies.Traefik({ target });
    return (await visitor.send({ ...asked, target: `${asked.target}${query}` })).status;
  };

  test("is a login, or more", async () => {
    const visitor = await loggedIn();
    for (const [query, status] of [
      ["", 200],
      ["?access=login", 200],
      ["?access=fresh_login", 200],
      ["?access=role:admin", 403],
    ] as const) {
      expect([query, await statusOf(visitor, query)]).toEqual([query, status]);
      expect([query, await statusOf(anonymous(), query)]).toEqual([query, 401]);
    }
    await runCommand(["users", "edit", ada.email, "--roles", "admin"], gateway.process.environment);
    expect(await statusOf(visitor, "?access=role:admin")).toBe(200);
    await runCommand(["users", "edit", ada.email, "--roles", ""], gateway.process.environment);
  });

  test.each([
    "?acces=role:admin",
    "?access=",
    "?access=public",
    "?access=everybody",
    "?access=role:",
    "?access=login&access=role:admin",
    "?access=login&more=1",
    "?allowEncodedSlash=perhaps",
    "/?access=role:admin",
    "/access=role:admin",
    "/role:admin",
    "/x?access=fresh_login&acces=1",
    "/",
    "?Access=role:admin",
    "?access=login&forwardHeaders=remote_user",
  ])("lets no request in where it makes no sense: %s", async (query) => {
    expect(await statusOf(await loggedIn(), query)).toBe(403);
  });

  test("is not overlooked by Envoy, which cannot be told", async () => {
    const visitor = await loggedIn();
    for (const rest of ["/access=role:admin/app", "?access=role:admin/app", "/?access=role:admin/app", "access=x"]) {
      const { status } = await visitor.send({ ...proxies.Envoy({}), target: `/auth/verify/envoy${rest}` });
      expect([rest, status === 200]).toEqual([rest, false]);
    }
    expect((await visitor.send(proxies.Envoy({ target: "/app/page?access=role:admin" }))).status).toBe(200);
  });

  test("is written down where it makes no sense, and not once for each request", async () => {
    const visitor = await loggedIn();
    for (let request = 0; request < 3; request++) await statusOf(visitor, "?acces=fresh_login");
    for (let request = 0; request < 3; request++) await statusOf(visitor, "/?access=fresh_login");
    const lines = gateway.process.log.split("\n").filter((line) => line.includes('"verify_misconfigured"'));
    expect(lines.filter((line) => line.includes("something follows its address that is no query"))).toHaveLength(1);
    expect(lines.filter((line) => line.includes("only access, forwardHeaders, "))).toHaveLength(1);
  });

  test("may name headers with _ that the application needs", async () => {
    const visitor = await loggedIn();
    const asked = proxies.Traefik({ headers: { x_tenant: "1", "x-forwarded-method": "GET" } });
    const statusAt = async (query: string) =>
      (await visitor.send({ ...asked, target: `${asked.target}${query}` })).status;
    expect(await statusAt("?access=login")).toBe(403);
    expect(await statusAt("?access=login&forwardHeaders=x_tenant")).toBe(200);
    expect(await statusAt("?access=login&forwardHeaders=x_other")).toBe(403);
  });

  test("may say what the application makes of a slash, a semicolon or a script within a path, and of nothing else", async () => {
    const visitor = await loggedIn();
    const slash = "?access=login&allowEncodedSlash=true";
    const semicolon = "?access=login&allowParameters=true";
    for (const [query, target, status] of [
      [slash, "/npm/@scope%2fname", 200],
      [slash, "/java/a;b=c", 403],
      [slash, "/npm/x%2f..%2fname", 403],
      ["?access=login", "/index.php/admin", 200],
      ["?access=login&refusePathInfo=true", "/index.php/admin", 403],
      ["?access=login&refusePathInfo=true", "/a/b.CGI/", 403],
      ["?access=login&refusePathInfo=true", "/index.php", 200],
      [semicolon, "/java/a;b=c", 200],
      [semicolon, "/java/..;/a", 403],
      [semicolon, "/npm/@scope%2fname", 403],
    ] as const) {
      expect([query, target, await statusOf(visitor, query, target)]).toEqual([query, target, status]);
    }
  });
});

test.each([
  "Script-Name",
  "SCRIPT_NAME",
  "X-Script-Name",
  "Path-Info",
  "Request-Uri",
  "Document-Uri",
  "X-Ingress-Path",
  "X-Accel-Mapping",
  "X-Sendfile-Type",
  "X-Middleware-Subrequest",
  "Remote~Groups",
  "Remote_User",
  "x!y",
  "Proxy",
])("a question with %s is refused: the application would be told another path, or another user", async (name) => {
  const visitor = await loggedIn();
  for (const ask of [proxies.Traefik, proxies.nginx]) {
    expect((await visitor.send(ask({ headers: { [name]: "/x" } }))).status).toBe(403);
  }
  const asked = proxies.Envoy({});
  expect((await visitor.send({ ...asked, headers: { ...asked.headers, [name]: "/x" } })).status).toBe(403);
});

test.each(["Destination", "X-Copy-From", "X-Amz-Copy-Source"])(
  "a question with %s, by which the application acts on a path that was not asked about, is refused where nothing else is said",
  async (name) => {
    const visitor = await loggedIn();
    const headers = { ...sameOrigin, [name]: "/admin/panel" };
    for (const ask of [proxies.Traefik, proxies.nginx]) {
      const asked = ask({ method: "COPY", headers });
      expect((await visitor.send(asked)).status).toBe(403);
      const target = `${asked.target}?access=login&allowOtherPaths=true`;
      expect((await visitor.send({ ...asked, target })).status).toBe(200);
    }
  },
);

test("a name that is not to pass does not hide behind a thousand others", async () => {
  const visitor = await loggedIn();
  const many = (count: number) => ({ "x-many": Array.from({ length: count }, () => "1"), "script-name": "/x" });
  for (const ask of [proxies.Traefik, proxies.nginx]) {
    for (const count of [10, 450, 1_000, 1_050]) {
      expect([count, (await visitor.send(ask({ headers: many(count) }))).status]).toEqual([
        count,
        count > 450 ? 431 : 403,
      ]);
    }
  }
});

test("a question whose host is no host is refused", async () => {
  const visitor = await loggedIn();
  for (const host of [`evil@${HOST}`, `evil.example:x@${HOST}`, `${HOST}/x`, `${HOST}#x`, `${HOST}\\x`, `${HOST}?`]) {
    // What nginx says is one URL: with a slash in its Host it is another path, and nginx takes none with one.
    for (const ask of host.includes("/") ? [proxies.Traefik] : [proxies.Traefik, proxies.nginx]) {
      expect([host, (await visitor.send(ask({ host }))).status]).toEqual([host, 403]);
    }
  }
});

test("a proxy that sends on a client's Upgrade gets no permission by it", async () => {
  const socket = connect(gateway.port, "127.0.0.1");
  const head = ["GET /auth/verify/forward HTTP/1.1", `Host: ${HOST}`, "Connection: Upgrade", "Upgrade: websocket"];
  socket.write(`${head.join("\r\n")}\r\nX-Forwarded-Method: GET\r\nX-Forwarded-Uri: /\r\n\r\n`);
  const [answer] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 4\d\d /);
});

test("a stranger's connection ends that asks and asks while an earlier answer is waited for", async () => {
  const body = JSON.stringify(ada);
  const login = ["POST /auth/login HTTP/1.1", `Host: ${HOST}`, "X-CSRF: 1", "Content-Type: application/json"];
  const slow = `${login.join("\r\n")}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const question = `GET /auth/verify/forward HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`;
  const socket = connect({ port: gateway.port, host: "127.0.0.1", localAddress: "127.0.0.2" });
  let answers = "";
  socket.on("data", (piece: Buffer) => (answers += piece.toString())).on("error", () => {});
  socket.write(slow + question.repeat(200));
  await once(socket, "close");
  expect(answers.split("HTTP/1.1 ").length).toBeLessThan(20);
});

test("several Host headers are refused, whichever would be served", async () => {
  const statusFor = async (hosts: readonly string[]) => {
    const socket = connect(gateway.port, "127.0.0.1");
    const lines = ["GET /auth/verify/envoy/app/page HTTP/1.1", ...hosts.map((host) => `Host: ${host}`)];
    socket.write(`${lines.join("\r\n")}\r\n\r\n`);
    const [answer] = (await once(socket, "data")) as [Buffer];
    socket.destroy();
    return answer.toString().slice(0, "HTTP/1.1 200".length);
  };
  expect(await statusFor([HOST])).toBe("HTTP/1.1 401");
  expect(await statusFor([HOST, "evil.example"])).toBe("HTTP/1.1 403");
  expect(await statusFor(["evil.example", HOST])).toBe("HTTP/1.1 403");
});

test("nothing is answered where forward-auth is not switched on", async () => {
  const plain = await GatewayProcess.create({ COATCHECK_TRUSTED_PROXIES: "127.0.0.1", HOST: "127.0.0.1" });
  try {
    await plain.start();
    const visitor = new Visitor(Number(new URL(plain.url).port));
    for (const dialect of ["nginx", "forward", "envoy"]) {
      const headers = { host: new URL(plain.url).host };
      expect((await visitor.send({ target: `/auth/verify/${dialect}`, headers })).status).toBe(404);
    }
  } finally {
    await plain.dispose();
  }
});

function without(headers: Headers, names: readonly string[]): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
}
