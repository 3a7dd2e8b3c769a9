import type { AddressInfo } from "node:net";
import Fastify from "fastify";
import { expect, onTestFinished, test } from "vitest";
import { addVerify } from "../../../src/forward-auth/verify.ts";
import { openTestGateway } from "../../accounts/support/test-accounts.ts";
import { openTestDecider } from "../../support/test-decider.ts";
import { openTestDoor } from "../../support/test-doors.ts";
import { HOST, ORIGIN, Visitor } from "./support/visitor.ts";

const A_DAY_AND_AN_HOUR = 90_000;

test("a session whose secret is due is answered for, and rotated by the next request that can take the cookie", async () => {
  const { accounts, access: store, sessions, clock, addUser } = await openTestGateway();
  const decider = await openTestDecider({ origin: ORIGIN, store, clock });
  const { origins, doors, door } = openTestDoor({ sessions, accounts, origin: ORIGIN });
  const { auth } = door;
  const app = Fastify();
  onTestFinished(() => app.close());
  const isTrustedPeer = () => true;
  const clientAddress = () => "192.0.2.1";
  const { log } = app;
  addVerify(app, {
    origins,
    doors,
    decider,
    isTrustedPeer,
    isClosing: () => false,
    onAnswer: () => {},
    clientAddress,
    log,
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  const visitor = new Visitor((app.server.address() as AddressInfo).port);

  const account = await addUser("ada@example.com");
  const login = await sessions.login(await sessions.begin(account.id), { remember: true });
  if (login.outcome !== "logged_in") throw new Error(login.outcome);
  const cookie = `${auth.guard.cookie.name}=${login.token}`;
  clock.advanceSeconds(A_DAY_AND_AN_HOUR);

  for (const target of ["/auth/verify/forward", "/auth/verify/envoy/app/page"]) {
    const headers = {
      cookie,
      host: HOST,
      "sec-fetch-site": "none",
      "sec-fetch-mode": "navigate",
      "sec-fetch-dest": "document",
      "x-forwarded-method": "GET",
      "x-forwarded-host": HOST,
      "x-forwarded-uri": "/",
    };
    const answer = await visitor.send({ target, headers });
    expect([target, answer.status, answer.headers["set-cookie"]]).toEqual([target, 200, undefined]);
  }
  const session = auth.admit({
    method: "GET",
    url: "/",
    headers: new Headers({
      cookie,
      "sec-fetch-site": "same-origin",
      "sec-fetch-mode": "cors",
      "sec-fetch-dest": "empty",
    }),
  });
  if (!session.ok) throw new Error(session.code);
  await session.load();
  const edits = await session.finish({ status: 200, headers: { get: () => null } });
  expect(edits.map(({ name }) => name)).toContain("set-cookie");
});
