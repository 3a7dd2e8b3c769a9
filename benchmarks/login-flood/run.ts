import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Gateway } from "../gateway-process.ts";
import { printTable, report } from "../report.ts";
import { type Answer, ask, postLogin } from "./post-login.ts";

const ADDRESSES = 200;
const SECONDS = 20;
const MILLISECONDS_BETWEEN_LOGINS = 200;
const MILLISECONDS_BETWEEN_REQUESTS = 20;
const UNTIL_THE_FLOOD_IS_THERE_MILLISECONDS = 2_000;
const ATTACKERS = fileURLToPath(new URL("./attackers.js", import.meta.url));
const ada = { email: "ada@example.com", password: "counting analytical engines" };
/** Whose session is used all the while: Ada's oldest make room for her new ones. */
const grace = { email: "grace@example.com", password: "nanoseconds by the yard" };

interface Phase {
  readonly name: string;
  readonly logins: readonly number[];
  readonly refusedLogins: number;
  readonly requests: readonly number[];
  /** By status, of the flood. */
  readonly answers: Readonly<Record<string, number>>;
}

/** Does an owner get in from a known device while two hundred addresses try to, and what do requests meanwhile cost? */
export async function runLoginFlood(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "coatcheck-bench-flood-"));
  const gateway = await Gateway.create({ COATCHECK_DATA: folder, HOST: "127.0.0.1", COATCHECK_LOG_LEVEL: "info" });
  for (const { email, password } of [ada, grace]) await gateway.addUser(email, password);
  await gateway.start();
  const port = Number(new URL(gateway.url).port);
  const device = cookieOf(await postLogin({ port, from: "127.0.9.9" }, ada), "coatcheck-device");
  const session = cookieOf(await postLogin({ port, from: "127.0.9.10" }, grace), gateway.cookieName);

  const owner = { port, device, session };
  const quiet = await phase("no flood", owner, 0);
  const flood = await phase(`${ADDRESSES} addresses`, owner, ADDRESSES);
  printTable(
    ["", "logins from a known device", "of them refused", "p50, ms", "p99, ms", "GET /auth/me p50, ms", "p99, ms"],
    [quiet, flood].map(({ name, logins, refusedLogins, requests }) => [
      name,
      String(logins.length),
      String(refusedLogins),
      ...[at(logins, 0.5), at(logins, 0.99), at(requests, 0.5), at(requests, 0.99)].map((value) => value.toFixed(1)),
    ]),
  );
  const ratio = at(flood.requests, 0.99) / at(quiet.requests, 0.99);
  console.log(`\nThe p99 of GET /auth/me is ${ratio.toFixed(1)} times that without the flood.`);
  console.log(`The flood was answered ${JSON.stringify(flood.answers)} in ${SECONDS + 2} s.`);
  await gateway.stop();
  await rm(folder, { recursive: true });
}

async function phase(
  name: string,
  { port, device, session }: { readonly port: number; readonly device: string; readonly session: string },
  addresses: number,
): Promise<Phase> {
  report(name);
  const attackers = fork(ATTACKERS, [String(port), String(addresses)]);
  const told = once(attackers, "message");
  await delay(UNTIL_THE_FLOOD_IS_THERE_MILLISECONDS);
  const end = performance.now() + SECONDS * 1_000;
  const logins: number[] = [];
  const requests: number[] = [];
  let refusedLogins = 0;
  const asking = (async () => {
    while (performance.now() < end) {
      const question = { port, from: "127.0.9.10", method: "GET", path: "/auth/me", headers: { cookie: session } };
      const { status, milliseconds } = await ask(question);
      if (status !== 200) throw new Error(`GET /auth/me was answered ${status}.`);
      requests.push(milliseconds);
      await delay(MILLISECONDS_BETWEEN_REQUESTS);
    }
  })();
  while (performance.now() < end) {
    const { status, milliseconds } = await postLogin({ port, from: "127.0.9.9", cookie: device }, ada);
    logins.push(milliseconds);
    if (status !== 200) refusedLogins++;
    await delay(MILLISECONDS_BETWEEN_LOGINS);
  }
  await asking;
  if (addresses > 0) attackers.send("stop");
  const [answers] = (await told) as [Record<string, number>];
  return { name, logins, refusedLogins, requests, answers };
}

function cookieOf({ headers }: Answer, name: string): string {
  const cookie = (headers["set-cookie"] ?? []).find((text) => text.startsWith(name));
  if (cookie === undefined) throw new Error(`A login set no cookie ${name}.`);
  return cookie.slice(0, cookie.indexOf(";"));
}

/** The value that so large a share of them does not exceed. */
function at(values: readonly number[], share: number): number {
  const sorted = [...values].sort((first, second) => first - second);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
