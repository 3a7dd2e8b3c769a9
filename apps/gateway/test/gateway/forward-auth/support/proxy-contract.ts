import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { IdentityVerifier } from "coatcheck/identity";
import { RemotePublicKeys } from "coatcheck/keys";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type WebSocket from "ws";
import { runCommand } from "../../../support/run-command.ts";
import { AppService, valuesOf } from "./app-service.ts";
import { type AskingProxy, type RunningProxy, startAsDocumented } from "./asking-proxies.ts";
import { ada, GatewayForProxies } from "./gateway-for-proxies.ts";
import { aroundTheGateway, aroundTheRole, claims, spellings } from "./hostile-requests.ts";
import { crossSite, HOST, navigation, ORIGIN, sameOrigin, Visitor } from "./visitor.ts";

const identityNames = ["remote-user", "remote-email", "remote-name", "authorization"] as const;

/** What every proxy does, with a gateway that it asks and an application that believes it. */
export function proxyContract(program: AskingProxy): void {
  describe.skipIf(program.isMissing)(`docs/forward-auth/${program.document}, as it stands there`, () => {
    let app: AppService;
    let gateway: GatewayForProxies;
    let proxy: RunningProxy;

    beforeAll(async () => {
      app = await AppService.start();
      gateway = await GatewayForProxies.create();
      proxy = await startAsDocumented(program, { gateway: gateway.address, app: app.address });
    });

    afterAll(async () => {
      await proxy?.stop();
      await gateway?.dispose();
      await app?.stop();
    });

    const anonymous = () => new Visitor(proxy.port);
    const loggedIn = async () => {
      const visitor = anonymous();
      await visitor.login(ada.email, ada.password);
      return visitor;
    };

    /** What happens meanwhile reaches the application so often. */
    async function reaching(run: () => Promise<unknown>): Promise<AppService["seen"]> {
      const before = app.seen.length;
      await run();
      return app.seen.slice(before);
    }

    describe("who is logged in", () => {
      test("passes, as themselves, and by a token that the application can verify", async () => {
        const visitor = await loggedIn();
        visitor.keepCookie("theme", "dark");
        const [seen, ...others] = await reaching(async () => {
          const { status, body, headers } = await visitor.send({ target: "/app/page?x=1&y=%2F" });
          expect([status, body, headers["set-cookie"]]).toEqual([200, "from the application", undefined]);
        });
        if (seen === undefined) throw new Error("Nothing reached the application.");
        expect([seen.method, seen.target, others]).toEqual(["GET", "/app/page?x=1&y=%2F", []]);
        expect(valuesOf(seen, "remote-email")).toEqual([ada.email]);
        expect(valuesOf(seen, "remote-name")).toEqual(["Ada"]);
        expect(valuesOf(seen, "remote-user")).toEqual([expect.stringMatching(/^.+$/)]);
        expect(valuesOf(seen, "host")).toEqual([HOST]);
        const keys = new RemotePublicKeys({ url: `http://${gateway.address}/.well-known/jwks.json` });
        const verifier = new IdentityVerifier({ issuer: ORIGIN, audience: ORIGIN, keys });
        const [authorization, ...more] = valuesOf(seen, "authorization");
        expect(more).toEqual([]);
        expect(await verifier.verifyAuthorization(authorization)).toMatchObject({
          accepted: true,
          identity: { email: ada.email, roles: [] },
        });
      });

      test("keeps their token to themselves: the application sees its own cookies alone", async () => {
        const visitor = await loggedIn();
        visitor.keepCookie("theme", "dark");
        const [seen] = await reaching(() => visitor.send({ target: "/app/page" }));
        const cookies = seen === undefined ? "" : valuesOf(seen, "cookie").join("; ");
        expect(cookies.split(/; ?/).filter((pair) => pair !== "")).toEqual(["theme=dark"]);
      });

      test("posts from our pages, and the body arrives as it was; so does a script that says it is one", async () => {
        const visitor = await loggedIn();
        const body = "a line and another\r\n".repeat(5_000);
        for (const headers of [sameOrigin, { "x-csrf": "1" }]) {
          const seen = await reaching(() => visitor.send({ method: "POST", target: "/app/form", headers, body }));
          expect(seen).toMatchObject([{ method: "POST", target: "/app/form", body }]);
        }
      });

      test("does not post from others' pages, or from nowhere, whatever the request claims to be", async () => {
        const visitor = await loggedIn();
        const seen = await reaching(async () => {
          for (const headers of [crossSite, {}, { ...crossSite, ...claims }]) {
            for (const method of ["POST", "PUT", "DELETE"]) {
              const { status } = await visitor.send({ method, target: "/app/form", headers, body: "x=1" });
              expect([method, headers, status]).toEqual([method, headers, 403]);
            }
          }
        });
        expect(seen).toEqual([]);
      });

      test("has logged out from the next request on", async () => {
        const visitor = await loggedIn();
        const copy = visitor.copy();
        expect((await visitor.send({ target: "/app/page" })).status).toBe(200);
        const logout = await visitor.send({ method: "POST", target: "/auth/logout", headers: sameOrigin });
        expect(logout.status).toBe(204);
        const seen = await reaching(async () => {
          for (const each of [visitor, copy]) expect((await each.send({ target: "/app/page" })).status).toBe(401);
        });
        expect(seen).toEqual([]);
      });

      test("passes where a role is asked for, once they have it", async () => {
        const visitor = await loggedIn();
        const give = (roles: string) =>
          runCommand(["users", "edit", ada.email, "--roles", roles], gateway.process.environment);
        const before = await reaching(async () => {
          expect((await visitor.send({ target: "/admin/page" })).status).toBe(403);
          expect((await anonymous().send({ target: "/admin/page" })).status).toBe(401);
        });
        expect(before).toEqual([]);
        await give("admin,listener");
        const [seen] = await reaching(() => visitor.send({ target: "/admin/page" }));
        await give("");
        expect(seen === undefined ? [] : valuesOf(seen, "remote-groups")).toEqual(["admin,listener"]);
        expect((await visitor.send({ target: "/admin/page" })).status).toBe(403);
      });

      test("does not get around the role by another way to write the path", async () => {
        const visitor = await loggedIn();
        const seen = await reaching(async () => {
          for (const target of aroundTheRole) await visitor.send({ target });
        });
        expect(seen.map(({ target }) => target)).toEqual([]);
      });

      test("is who the gateway says, whatever else the request says", async () => {
        const visitor = await loggedIn();
        for (const headers of spellings("evil")) {
          const [seen] = await reaching(() => visitor.send({ target: "/app/page", headers }));
          // A proxy may refuse such names altogether.
          if (seen === undefined) continue;
          expect([headers, seen.headers.filter(([, value]) => value.includes("evil"))]).toEqual([headers, []]);
          // nginx leaves out what is empty.
          expect(valuesOf(seen, "remote-groups").join()).toBe("");
          for (const name of identityNames) expect([name, valuesOf(seen, name)]).toEqual([name, [expect.any(String)]]);
        }
      });

      test("is not logged in under another host name", async () => {
        const visitor = await loggedIn();
        const seen = await reaching(async () => {
          for (const host of ["evil.example", `${HOST}.evil.example`, "127.0.0.1"]) {
            await visitor.send({ target: "/app/page", headers: { host, ...claims } });
          }
        });
        expect(seen).toEqual([]);
      });
    });

    describe("who is not", () => {
      test("is told by the status, and reaches nothing", async () => {
        const guessing = anonymous();
        guessing.keepCookie("__Host-Http-session", "A".repeat(64));
        const seen = await reaching(async () => {
          for (const visitor of [anonymous(), guessing]) {
            for (const method of ["GET", "HEAD", "OPTIONS"]) {
              const { status, headers } = await visitor.send({ method, target: "/app/page" });
              expect([method, status, headers["set-cookie"]]).toEqual([method, 401, undefined]);
            }
          }
        });
        expect(seen).toEqual([]);
      });

      test("is sent to sign in where they open a page, and comes back", async () => {
        const visitor = anonymous();
        const target = "/app/page?tab=1&next=https://evil.example/";
        let location = "";
        const before = await reaching(async () => {
          const { status, headers } = await visitor.send({ target, headers: { ...navigation, ...claims } });
          location = headers.location ?? "";
          expect([status, location]).toEqual([302, `${ORIGIN}/auth/sign-in?next=${encodeURIComponent(target)}`]);
        });
        expect(before).toEqual([]);
        const page = await visitor.send({ target: location.slice(ORIGIN.length), headers: navigation });
        expect([page.status, page.headers["content-type"]]).toEqual([200, expect.stringContaining("text/html")]);
        await visitor.login(ada.email, ada.password);
        const next = new URL(location).searchParams.get("next") ?? "";
        const after = await reaching(() => visitor.send({ target: next, headers: navigation }));
        expect(after).toMatchObject([{ target }]);
      });

      test("is not let in by what the request claims to be, or by another way to write the path", async () => {
        const seen = await reaching(async () => {
          for (const target of ["/app/page", ...aroundTheRole, ...aroundTheGateway]) {
            for (const headers of [{}, claims, ...spellings("evil")]) await anonymous().send({ target, headers });
          }
        });
        expect(seen).toEqual([]);
      });
    });

    test("no client asks the gateway in the proxy's place", async () => {
      const visitor = await loggedIn();
      for (const target of aroundTheGateway) {
        const { headers } = await visitor.send({ target, headers: claims });
        expect([target, headers["remote-user"], headers.authorization]).toEqual([target, undefined, undefined]);
      }
    });

    test("the application hears nothing of what a client says in the words of proxies", async () => {
      const visitor = await loggedIn();
      const [seen] = await reaching(() => visitor.send({ target: "/app/page", headers: claims }));
      if (seen === undefined) throw new Error("Nothing reached the application.");
      expect(valuesOf(seen, "x-forwarded-for")).toEqual(["127.0.0.1"]);
      expect(seen.headers.filter(([, value]) => value.includes("sign-in"))).toEqual([]);
    });

    describe("a WebSocket", () => {
      test("opens from our pages, for who is logged in; the proxy does not close it when the session ends", async () => {
        const visitor = await loggedIn();
        const socket = visitor.connect("/app/socket");
        const [seen] = await reaching(() => once(socket, "open"));
        expect(seen === undefined ? [] : valuesOf(seen, "remote-email")).toEqual([ada.email]);
        expect(await echoOf(socket, "before")).toBe("before");
        await visitor.send({ method: "POST", target: "/auth/logout", headers: sameOrigin });
        expect(await echoOf(socket, "after")).toBe("after");
        socket.terminate();
      });

      test("opens for no page of another site, and for no unknown user", async () => {
        const visitor = await loggedIn();
        const evil = { origin: "https://evil.example" };
        const seen = await reaching(async () => {
          expect(await refusalOf(visitor.connect("/app/socket", evil))).toBe(403);
          expect(await refusalOf(visitor.connect("/app/socket", { ...evil, ...claims }))).toBe(403);
          expect(await refusalOf(anonymous().connect("/app/socket"))).toBe(401);
        });
        expect(seen).toEqual([]);
      });
    });

    test("of many requests at once, each is answered by its own session", async () => {
      const [known, unknown] = [await loggedIn(), anonymous()];
      const visitors = Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? known : unknown));
      const answers = await Promise.all(visitors.map((visitor) => visitor.send({ target: "/app/page" })));
      expect(answers.map(({ status }) => status)).toEqual(visitors.map((each) => (each === known ? 200 : 401)));
    });

    test("without the gateway no request passes", async () => {
      const visitor = await loggedIn();
      await gateway.process.kill("SIGKILL");
      const seen = await reaching(async () => {
        const requests = ["/app/page", "/admin/page"].flatMap((target) =>
          [{}, navigation, claims].map((headers) => ({ target, headers })),
        );
        // At once, for HAProxy tries each of them for three seconds.
        const answers = await Promise.all(requests.map((request) => visitor.send(request)));
        expect(answers.map(({ status }) => status)).toEqual(requests.map(() => program.statusWithoutGateway));
      });
      expect(seen).toEqual([]);
      await gateway.process.start();
      expect((await visitor.send({ target: "/app/page" })).status).toBe(200);
    });
  });
}

async function echoOf(socket: WebSocket, message: string): Promise<string> {
  socket.send(message);
  const [data] = (await once(socket, "message")) as [unknown];
  return String(data);
}

/** The status by which an upgrade is refused. */
async function refusalOf(socket: WebSocket): Promise<number> {
  const [, response] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
  response.resume();
  return response.statusCode ?? 0;
}
