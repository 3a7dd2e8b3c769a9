import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { generateSigningKey, type SigningKey } from "coatcheck/keys";
import {
  RemoteRevocations,
  type RemoteRevocationsOptions,
  type RevocationFacts,
  sessionDigestOf,
  signRevocationList,
} from "coatcheck/passes";
import { ManualClock } from "coatcheck/testing";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { holding, ISSUER, logIn, passFor, passParts, publicKeysOf } from "./support/pass-parts.ts";

const SONG = "/songs/one.wav";
const NOTHING: RevocationFacts = { sequence: 0, issuedBefore: 0, sessions: [] };

let server: Server;
let url: string;
let key: SigningKey;
/** What the issuer answers. */
let answer: { status: number; body: string };
const open: RemoteRevocations[] = [];

beforeEach(async () => {
  key = await generateSigningKey("ES256");
  server = createServer((_request, response) => response.writeHead(answer.status).end(answer.body));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/revocations`;
});

afterEach(async () => {
  vi.useRealTimers();
  for (const each of open.splice(0)) each.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function start(options: Partial<RemoteRevocationsOptions> = {}) {
  const clock = new ManualClock();
  const faults: string[] = [];
  const publish = async (facts: RevocationFacts, by = key, issuer = ISSUER, at = clock.now()) => {
    answer = { status: 200, body: await signRevocationList(facts, { issuer, keys: holding(by) }, at) };
  };
  await publish(NOTHING);
  const revocations = new RemoteRevocations({
    url,
    issuer: ISSUER,
    keys: await publicKeysOf(key),
    clock,
    onFault: (fault) => faults.push(String(fault)),
    ...options,
  });
  open.push(revocations);
  const check = (sessionId: string, issuedAt = clock.now()) =>
    revocations.check({ session: sessionDigestOf(sessionId), issuedAt });
  return { clock, revocations, publish, faults, check };
}

describe("a list of revocations", () => {
  test("names the sessions that have ended", async () => {
    const { revocations, publish, check } = await start();
    await revocations.start();
    expect(check("one")).toBe("clear");
    await publish({ ...NOTHING, sequence: 1, sessions: [sessionDigestOf("one")] });
    await revocations.poll();
    expect(check("one")).toBe("session_ended");
    expect(check("two")).toBe("clear");
  });

  test("may end everything that was issued before", async () => {
    const { revocations, publish, check, clock } = await start();
    await publish({ ...NOTHING, sequence: 1, issuedBefore: clock.now() });
    await revocations.start();
    expect(check("one", clock.now() - 1)).toBe("session_ended");
    expect(check("one", clock.now())).toBe("clear");
  });

  test("makes a pass void that would be good by itself, and no other", async () => {
    const { revocations, publish } = await start();
    const { sessions, issuer, verifier } = await passParts({ revocations });
    const [phone, laptop] = [await logIn(sessions), await logIn(sessions)];
    const passes = [phone, laptop].map(({ authentication }) => passFor(issuer, authentication, SONG));
    await publish({ ...NOTHING, sequence: 1, sessions: [sessionDigestOf(phone.authentication.session.id)] });
    await revocations.start();
    const verdicts = await Promise.all(passes.map(async (pass) => verifier.verify(await pass, { path: SONG })));
    expect(verdicts).toMatchObject([{ accepted: false, reason: "session_ended" }, { accepted: true }]);
  });
});

describe("no token is believed", () => {
  test("before the first list has come", async () => {
    const { revocations, check } = await start();
    expect(check("one")).toBe("revocations_outdated");
    answer.status = 503;
    await revocations.start();
    expect(check("one")).toBe("revocations_outdated");
    answer.status = 200;
    await revocations.poll();
    expect(check("one")).toBe("clear");
  });

  test("when nothing has been heard for five polls", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const { revocations, check } = await start({ pollSeconds: 2 });
    await revocations.start();
    vi.advanceTimersByTime(10_000);
    expect(check("one")).toBe("clear");
    vi.advanceTimersByTime(1);
    expect(check("one")).toBe("revocations_outdated");
    await revocations.poll();
    expect(check("one")).toBe("clear");
  });

  test("when the list that is heard is an old one, however new its answer", async () => {
    const { revocations, publish, check, clock } = await start({ pollSeconds: 2 });
    const before = clock.now();
    clock.advanceSeconds(15);
    await publish(NOTHING, key, ISSUER, before);
    await revocations.start();
    expect(check("one")).toBe("clear");
    clock.advanceSeconds(1);
    await revocations.poll();
    expect(check("one")).toBe("revocations_outdated");
  });
});

describe("a list is not taken", () => {
  test.each<[string, (publish: Awaited<ReturnType<typeof start>>["publish"], at: number) => Promise<void>]>([
    ["that another key signed", async (publish) => publish(NOTHING, await generateSigningKey("ES256"))],
    ["of another issuer", (publish) => publish(NOTHING, key, "https://evil.example")],
    ["that is too old for any verifier", (publish, at) => publish(NOTHING, key, ISSUER, at - 60_000)],
    ["whose facts are none", (publish) => publish({ ...NOTHING, sequence: -1 })],
    ["that names what is no session", (publish) => publish({ ...NOTHING, sessions: ["one"] })],
  ])("%s", async (_name, serve) => {
    const { revocations, publish, check, faults, clock } = await start();
    await serve(publish, clock.now());
    await revocations.start();
    expect(check("one")).toBe("revocations_outdated");
    expect(faults).toHaveLength(1);
  });

  test("that is older than the one at hand: a cache cannot take a revocation back", async () => {
    const { revocations, publish, check, faults, clock } = await start();
    const named = { ...NOTHING, sequence: 2, sessions: [sessionDigestOf("one")] };
    await publish(named);
    await revocations.start();
    await publish({ ...NOTHING, sequence: 1 });
    await revocations.poll();
    await publish({ ...named, sessions: [] }, key, ISSUER, clock.now() - 1_000);
    await revocations.poll();
    expect(check("one")).toBe("session_ended");
    expect(faults).toEqual(["Error: The list is an older one.", "Error: The list is an older one."]);
  });
});

test("the holder of an open connection is told of every poll", async () => {
  const { revocations } = await start();
  let polls = 0;
  const unsubscribe = revocations.onPoll(() => polls++);
  await revocations.start();
  await Promise.all([revocations.poll(), revocations.poll()]);
  expect(polls).toBe(2);
  unsubscribe();
  await revocations.poll();
  expect(polls).toBe(2);
});

test("polls by itself, until it is closed", async () => {
  const { revocations, publish, check } = await start({ pollSeconds: 0.1 });
  await revocations.start();
  await publish({ ...NOTHING, sequence: 1, sessions: [sessionDigestOf("one")] });
  await new Promise<void>((resolve) => revocations.onPoll(() => check("one") === "session_ended" && resolve()));
  revocations.close();
});

test.each([0, 0.01, 61, Number.NaN])("does not poll every %s seconds", async (pollSeconds) => {
  await expect(start({ pollSeconds })).rejects.toMatchObject({ code: "invalid_configuration" });
});
