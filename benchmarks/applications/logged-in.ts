import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { browserRequest, USER_AGENT } from "../http/browser-request.ts";
import type { HttpContestant } from "../http/contestant.ts";
import { otherName } from "../http/other-aims.ts";
import { ServedProcess, type StartOptions } from "../http/served-process.ts";
import { inLanes } from "../lanes.ts";
import { report } from "../report.ts";
import { SOMEBODY, type Surroundings } from "./application.ts";

const USERS = 1_000;
const LANES = 16;
/** What routes without a session are sent: as many bytes as ours. */
const NO_SESSION_COOKIE = `coatcheck-3000=${"A".repeat(64)}`;

export interface Served {
  readonly contestant: HttpContestant;
  /** Sends its process a message, and resolves with what that sends back. */
  ask(message: string): Promise<unknown>;
  stop(): Promise<void>;
}

/** Starts an application of `applications.ts`, and logs 1,000 users in. */
export async function serveApplication(
  name: string,
  { redisUrl, folder }: Surroundings,
  options: StartOptions = {},
): Promise<Served> {
  const shownName = options.otherBuild === undefined ? name : otherName(name);
  report(`logging ${USERS.toLocaleString("en")} users in to ${shownName}`);
  const ownFolder = join(folder, shownName.replaceAll(/\W+/g, "-"));
  await mkdir(ownFolder);
  const script = new URL("./serve.js", import.meta.url);
  const process = await ServedProcess.start(script, [name, redisUrl, ownFolder], options);
  const contestant = await contestantOf(shownName, process.port, [process.pid]);
  return { contestant, ask: (message) => process.ask(message), stop: () => process.stop() };
}

/** An application that runs already. Every session is asked once whose it is: what is measured is what it should be. */
export async function contestantOf(name: string, port: number, processes: readonly number[]): Promise<HttpContestant> {
  const url = `http://127.0.0.1:${port}`;
  const isBare = name.endsWith("no session");
  const requests: string[] = [];
  await inLanes(USERS, LANES, async (index) => {
    const user = `user-${index}`;
    const cookie = (await logIn(name, `${url}/login?user=${user}`)) || NO_SESSION_COOKIE;
    await expectUser(name, url, cookie, isBare ? SOMEBODY.id : user);
    requests.push(browserRequest(`127.0.0.1:${port}`, "/me", { Cookie: cookie }));
  });
  const { status } = await fetch(`${url}/me`);
  if (!isBare && status !== 401) throw new Error(`${name}: a request without a session was answered ${status}.`);
  return { name, port, requests, processes, answer: '"id"' };
}

async function logIn(name: string, url: string): Promise<string> {
  const response = await fetch(url, { method: "POST", headers: { "user-agent": USER_AGENT } });
  if (response.status !== 204)
    throw new Error(`${name}: a login was answered ${response.status} ${await response.text()}`);
  const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(";")[0]);
  return cookies.join("; ");
}

async function expectUser(name: string, url: string, cookie: string, user: string): Promise<void> {
  const response = await fetch(`${url}/me`, { headers: { cookie, "user-agent": USER_AGENT } });
  const text = await response.text();
  if (response.status !== 200 || (JSON.parse(text) as { id?: unknown }).id !== user) {
    throw new Error(`${name}: ${user} was answered ${response.status} ${text}`);
  }
}
