import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ForwardedRequestFacts, forwardedHeaders } from "../../../src/proxy/upstream/forwarded-request.ts";
import { returnedHeaders } from "../../../src/proxy/upstream/forwarded-response.ts";

const isOwnCookie = (name: string) => name.toLowerCase().startsWith("coatcheck");
const ada = {
  token: "a.b.c",
  userId: "u1",
  email: "ada@example.com",
  name: "Ada Lovelace",
  roles: ["admin", "listener"],
};

function sent(
  rawHeaders: readonly string[],
  changes: Partial<ForwardedRequestFacts> = {},
): ReadonlyMap<string, string[]> {
  const flat = forwardedHeaders({
    rawHeaders,
    identity: ada,
    identityHeaders: true,
    clientAddress: "192.0.2.1",
    isOwnCookie,
    names: { forwardHeaders: [], dropHeaders: [] },
    origin: { host: "app.example", scheme: "https" },
    ...changes,
  });
  const headers = new Map<string, string[]>();
  for (let index = 0; index < flat.length; index += 2) {
    const name = flat[index] ?? "";
    headers.set(name, [...(headers.get(name) ?? []), flat[index + 1] ?? ""]);
  }
  return headers;
}

describe("what goes to an upstream", () => {
  test("is what came, and what the gateway says of who asks", () => {
    const headers = sent(["Accept", "text/html", "X-Custom", "1", "x-custom", "2", "Host", "evil.example"]);
    expect(Object.fromEntries(headers)).toEqual({
      accept: ["text/html"],
      "x-custom": ["1", "2"],
      host: ["app.example"],
      "x-forwarded-for": ["192.0.2.1"],
      "x-forwarded-host": ["app.example"],
      "x-forwarded-proto": ["https"],
      authorization: ["Bearer a.b.c"],
      "remote-user": ["u1"],
      "remote-email": ["ada@example.com"],
      "remote-name": ["Ada Lovelace"],
      "remote-groups": ["admin,listener"],
    });
  });

  test("says that there is no user, where none is known", () => {
    const headers = sent(["Authorization", "Bearer forged", "Remote-User", "admin"], { identity: null });
    for (const name of ["authorization", "remote-user", "remote-email", "remote-name", "remote-groups"]) {
      expect(headers.get(name)).toEqual([""]);
    }
  });

  test("has no Remote headers for an upstream that was not said to read them, and none of the client's", () => {
    const headers = sent(["Remote-User", "admin"], { identityHeaders: false });
    expect([...headers.keys()].filter((name) => name.startsWith("remote-"))).toEqual([]);
  });

  test("a name beyond ASCII is percent-encoded, and a comma divides nothing", () => {
    const identity = { ...ada, name: "Zoë, or 🦊", roles: ["a", "b"] };
    expect(sent([], { identity }).get("remote-name")).toEqual([encodeURIComponent("Zoë, or 🦊")]);
    expect(sent([], { identity: { ...ada, name: "50% off" } }).get("remote-name")).toEqual(["50%25%20off"]);
    expect(sent([], { identity: { ...ada, name: " x\r\nRemote-User: y" } }).get("remote-name")).toEqual([
      "%20x%0D%0ARemote-User%3A%20y",
    ]);
  });

  const spellings = ["remote-user", "Remote_User", "REMOTE.EMAIL", "x-remote-groups", "X_Forwarded_For", "forwarded"];
  const others = ["x-real-ip", "X-Original-URL", "x-rewrite-url", "true-client-ip", "x-auth-request-user", "x-envoy-x"];
  test.each([...spellings, ...others])("never what a client says in %s", (name) => {
    const headers = sent([name, "forged", name.toUpperCase(), "forged", `x-harmless`, "kept"]);
    expect([...headers.values()].flat()).not.toContain("forged");
    expect(headers.get("x-harmless")).toEqual(["kept"]);
  });

  test("nothing of the connection, nor what Connection names, and nothing of the gateway's is named away", () => {
    const headers = sent(
      [
        ["Connection", "close, X-Secret, Remote-User, authorization"],
        ["X-Secret", "1"],
        ["TE", "trailers"],
        ["Upgrade", "h2c"],
        ["Keep-Alive", "1"],
        ["Transfer-Encoding", "chunked"],
        ["Proxy-Authorization", "Basic x"],
        ["Expect", "100-continue"],
        ["HTTP2-Settings", "x"],
      ].flat(),
    );
    const kept = [
      "x-secret",
      "te",
      "upgrade",
      "keep-alive",
      "transfer-encoding",
      "connection",
      "expect",
      "http2-settings",
    ];
    for (const name of [...kept, "proxy-authorization"]) expect(headers.has(name)).toBe(false);
    expect(headers.get("remote-user")).toEqual(["u1"]);
    expect(headers.get("authorization")).toEqual(["Bearer a.b.c"]);
  });

  test.each(["Transfer_Encoding", "content.length", "Proxy", "Keep_Alive", "Secure-Session-Response"])(
    "nothing that a server would take for more than it is: %s",
    (name) => expect([...sent([name, "forged"]).values()].flat()).not.toContain("forged"),
  );

  test.each([..."!#$%&'*+^`|~_."])(
    "no Remote%sGroups, which lighttpd would tell a script as HTTP_REMOTE_GROUPS",
    (mark) => {
      for (const name of [`Remote${mark}Groups`, `x${mark}remote-user`, `x${mark}harmless`]) {
        expect([name, [...sent([name, "forged"]).values()].flat()]).toEqual([
          name,
          expect.not.arrayContaining(["forged"]),
        ]);
      }
    },
  );

  test("the names that its route lists, and not those that it drops", () => {
    const names = { forwardHeaders: ["x_tenant", "x-user-id"], dropHeaders: ["x-acme-admin"] };
    const headers = sent(["X_Tenant", "1", "X-User-ID", "2", "x_user_id", "3", "X-Acme-Admin", "4", "x_other", "5"], {
      names,
    });
    expect([...headers].slice(0, 2)).toEqual([
      ["x_tenant", ["1"]],
      ["x-user-id", ["2"]],
    ]);
    expect([...headers.values()].flat()).not.toEqual(expect.arrayContaining(["3"]));
    expect([...headers.values()].flat()).not.toEqual(expect.arrayContaining(["4"]));
    expect([...headers.values()].flat()).not.toEqual(expect.arrayContaining(["5"]));
  });

  test("the upstream's cookies, and none of ours", () => {
    const headers = sent(["Cookie", "coatcheck-8080=t; theme=dark ;a=b=c;Coatcheck-x=1; ", "Cookie", "other=1"]);
    expect(headers.get("cookie")).toEqual(["theme=dark; a=b=c; other=1"]);
    expect(sent(["Cookie", "coatcheck-8080=t"]).has("cookie")).toBe(false);
  });

  test("whatever a client sends, it says once and alone who asks", () => {
    const name = fc.constantFrom(
      ...spellings,
      ...others,
      "authorization",
      "Authorization",
      "cookie",
      "connection",
      "host",
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.constantFrom("forged", "authorization", "remote-user"))), (pairs) => {
        const headers = sent(pairs.flat());
        expect(headers.get("authorization")).toEqual(["Bearer a.b.c"]);
        expect(headers.get("remote-user")).toEqual(["u1"]);
        expect(headers.get("x-forwarded-for")).toEqual(["192.0.2.1"]);
        expect(headers.get("host")).toEqual(["app.example"]);
      }),
    );
  });
});

describe("what comes back", () => {
  const back = (raw: readonly string[], hasOwnCors = false) =>
    returnedHeaders(raw, { isOwnCookie, hasOwnCors }).map(([name, value]) => `${name}: ${value}`);

  test("is what the upstream says, less what is of its connection or the gateway's to say", () => {
    expect(
      back(
        [
          ["Content-Type", "text/html"],
          ["Connection", "keep-alive, X-Hop"],
          ["X-Hop", "1"],
          ["Keep-Alive", "timeout=5"],
          ["Transfer-Encoding", "chunked"],
          ["Clear-Site-Data", '"cookies"'],
          ["Access-Control-Allow-Origin", "*"],
          ["X-Accel-Redirect", "/secret"],
          ["ETag", '"1"'],
          ["Set-Cookie", "theme=dark"],
        ].flat(),
      ),
    ).toEqual(["content-type: text/html", 'etag: "1"', "set-cookie: theme=dark"]);
  });

  test("what shared caches heed is the upstream's to say where no session is looked at, and nowhere else", () => {
    const raw = ["CDN-Cache-Control", "public", "Cloudflare-CDN-Cache-Control", "public", "Surrogate-Control", "x"];
    expect(back(raw)).toEqual([]);
    expect(back(raw, true)).toHaveLength(3);
    expect(back(["Secure-Session-Registration", "x"], true)).toEqual([]);
  });

  test.each([
    "Service-Worker-Allowed",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Opener-Policy-Report-Only",
    "Strict-Transport-Security",
    "Alt-Svc",
    "Public-Key-Pins",
    "Expect-CT",
    "NEL",
    "Report-To",
    "Reporting-Endpoints",
    "Accept-CH",
    "Critical-CH",
    "Origin-Agent-Cluster",
    "Origin-Trial",
    "Set-Login",
    "Clear-Site-Data",
    "Use-As-Dictionary",
    "Speculation-Rules",
    "Attribution-Reporting-Register-Source",
    "Shared-Storage-Write",
    "X-Envoy-Immediate-Health-Check-Fail",
    "X-LiteSpeed-Purge",
    "X-Sendfile",
    "Secure-Session-Registration",
  ])("nothing that a service says for the whole origin, or to the proxy in front: %s", (name) => {
    for (const hasOwnCors of [false, true]) {
      expect(back([name, "x", name.toUpperCase(), "x", "X-Harmless", "1"], hasOwnCors)).toEqual(["x-harmless: 1"]);
    }
  });

  test.each([
    "Content-Security-Policy",
    "Cross-Origin-Embedder-Policy",
    "Cross-Origin-Resource-Policy",
    "Permissions-Policy",
    "X-Frame-Options",
    "Referrer-Policy",
    "Link",
    "Refresh",
    "WWW-Authenticate",
    "Retry-After",
    "Vary",
  ])("what a service says of this answer alone: %s", (name) => {
    expect(back([name, "x"])).toEqual([`${name.toLowerCase()}: x`]);
  });

  test("CORS is the upstream's where no session is looked at", () => {
    expect(back(["Access-Control-Allow-Origin", "*"], true)).toEqual(["access-control-allow-origin: *"]);
  });

  test.each([
    "coatcheck-8080=x; Path=/",
    "Coatcheck-8080=x",
    "=coatcheck-8080=x",
    "coatcheck-8080",
    " coatcheck-a=1",
    "=",
    "",
  ])("no cookie of ours, nor one that looks like it: %j", (setCookie) => {
    expect(back(["Set-Cookie", setCookie])).toEqual([]);
  });
});
