import { type SessionManager, type SessionPolicy, standardPolicy } from "coatcheck";
import type { Authentication, SessionToken } from "coatcheck/adapter";
import type { SessionRecord } from "coatcheck/store";
import type { ObservedStore } from "./observed-store.ts";
import { logIn, startSessions } from "./sessions-under-test.ts";

/** Whether the response can carry a cookie, or answers a password that the user has just typed. */
export type ResponseKind = "plain" | "carries a cookie" | "re-authenticates";

type Connection = 0 | 1;

/** What a browser with two connections, the network, time and a thief can do next. */
export type Step =
  /** The connection's request is sent, or served, or its response arrives or is lost: whichever comes next. */
  | { readonly do: "go on"; readonly connection: Connection; readonly response: ResponseKind; readonly lost: boolean }
  /** Both connections at once, so that the calls to the store interleave. */
  | { readonly do: "go on with both"; readonly response: ResponseKind }
  | { readonly do: "wait"; readonly seconds: number }
  | { readonly do: "thief copies" }
  | { readonly do: "thief presents"; readonly secret: number; readonly response: ResponseKind };

/** What became of one request. */
export interface Answer {
  readonly presenter: "browser" | "thief";
  /** Null if it was refused. */
  readonly authentication: Authentication | null;
  /** Whether the session lives on. */
  readonly alive: boolean;
  /** The digest of the only secret in force, if it was issued after the thief made his copy; else null. */
  readonly settledSince: string | null;
}

type Exchange =
  | { readonly stage: "request"; readonly token: SessionToken; readonly since: number }
  | { readonly stage: "response"; readonly cookie: SessionToken | null; readonly since: number };

/** Rotates as often as the rules allow, and whatever was fresh stays so. */
const restlessPolicy: SessionPolicy = {
  ...standardPolicy,
  lifetime: {
    idleTimeoutSeconds: 400 * 86_400,
    absoluteTimeoutSeconds: 400 * 86_400,
    rotationIntervalSeconds: 1,
    persistentCookie: true,
  },
  freshForSeconds: 400 * 86_400,
};

/** Each way takes less than the 30 s of grace, and there and back less than the 60 s to confirm. */
const LONGEST_WAY = 29_000;

/**
 * RotationStory plays steps against a session manager: requests and responses cross, overtake each other and get lost,
 * but none is under way for longer than an honest one may be. It mirrors the models by which rotation was checked.
 */
export class RotationStory {
  readonly #answers: Answer[] = [];
  readonly #world: ReturnType<typeof startSessions>;
  readonly #exchanges: [Exchange | null, Exchange | null] = [null, null];
  /** What the thief copied, and what he was sent since. */
  readonly #stolen: SessionToken[] = [];
  /** Digests of the secrets that were good when he copied: those he may share with the browser for a while. */
  readonly #shared = new Set<string | undefined>();
  #jar: SessionToken;

  private constructor(world: ReturnType<typeof startSessions>, jar: SessionToken) {
    this.#world = world;
    this.#jar = jar;
  }

  /** Plays the steps for a user who is logged in by something that proved nothing; what became of every request. */
  static async tell(steps: readonly Step[], answers: ObservedStore["answers"]): Promise<readonly Answer[]> {
    const world = startSessions(restlessPolicy);
    world.store.answers = answers;
    const story = new RotationStory(world, (await logIn(world.sessions, { fresh: false })).token);
    for (const step of steps) await story.#take(step);
    return story.#answers;
  }

  async #take(step: Step): Promise<void> {
    switch (step.do) {
      case "go on":
        return this.#goOn(step.connection, step.response, step.lost);
      case "go on with both":
        await Promise.all([this.#goOn(0, step.response, false), this.#goOn(1, step.response, false)]);
        return;
      case "wait":
        return this.#wait(step.seconds);
      case "thief copies":
        return this.#copy();
      case "thief presents":
        return this.#thiefPresents(step.secret, step.response);
    }
  }

  async #goOn(connection: Connection, response: ResponseKind, lost: boolean): Promise<void> {
    const exchange = this.#exchanges[connection];
    const since = this.#world.clock.now();
    if (exchange === null) {
      this.#exchanges[connection] = { stage: "request", token: this.#jar, since };
    } else if (exchange.stage === "request") {
      const cookie = await this.#answer("browser", exchange.token, response);
      this.#exchanges[connection] = { stage: "response", cookie, since };
    } else {
      this.#exchanges[connection] = null;
      if (exchange.cookie !== null) this.#receive(exchange.cookie, lost);
    }
  }

  #receive(cookie: SessionToken, lost: boolean): void {
    if (!lost) this.#jar = cookie;
  }

  /** Time passes; what would then have been under way for too long arrives before. */
  async #wait(seconds: number): Promise<void> {
    const end = this.#world.clock.now() + seconds * 1_000;
    for (const connection of [0, 1] as const) {
      const isLate = (): boolean => end - (this.#exchanges[connection]?.since ?? end) > LONGEST_WAY;
      while (isLate()) await this.#goOn(connection, "plain", false);
    }
    this.#world.clock.advanceSeconds(seconds);
  }

  async #copy(): Promise<void> {
    if (this.#stolen.length > 0) return;
    this.#stolen.push(this.#jar);
    const record = await this.#record();
    this.#shared.add(record?.current.digest).add(record?.pending?.digest);
  }

  async #thiefPresents(secret: number, response: ResponseKind): Promise<void> {
    const token = this.#stolen[secret % Math.max(1, this.#stolen.length)];
    if (token === undefined) return;
    // He does not know the password, but he does take the cookies that he is sent.
    const cookie = await this.#answer("thief", token, response === "plain" ? "plain" : "carries a cookie");
    if (cookie !== null) this.#stolen.push(cookie);
  }

  /** Serves a request as an adapter does; returns the secret that goes into the response. */
  async #answer(presenter: Answer["presenter"], token: SessionToken, response: ResponseKind) {
    const { sessions } = this.#world;
    const result = await sessions.authenticate(token);
    const authentication = result.status === "authenticated" ? result : null;
    const cookie = authentication === null ? null : await cookieFor(sessions, authentication, response);
    const record = await this.#record();
    this.#answers.push({
      presenter,
      authentication,
      alive: record !== null,
      settledSince: record === null ? null : this.#settledSecret(record),
    });
    return cookie;
  }

  #settledSecret({ current, pending, grace }: SessionRecord): string | null {
    const now = this.#world.clock.now();
    const isSettled = pending === null && grace.every(({ validUntil }) => validUntil <= now);
    return isSettled && this.#stolen.length > 0 && !this.#shared.has(current.digest) ? current.digest : null;
  }

  async #record(): Promise<SessionRecord | null> {
    const [record = null] = await this.#world.store.listByUser(this.#jar.slice(0, 20));
    return record;
  }
}

async function cookieFor(
  sessions: SessionManager,
  authentication: Authentication,
  response: ResponseKind,
): Promise<SessionToken | null> {
  if (response === "re-authenticates") {
    const result = await sessions.reauthenticate(authentication);
    if (result.outcome === "reauthenticated") return result.token;
  }
  return response === "carries a cookie" && authentication.rotationDue ? sessions.rotate(authentication) : null;
}
