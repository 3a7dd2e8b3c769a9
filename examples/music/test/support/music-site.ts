import { type AuthSession, SessionManager } from "coatcheck";
import type { Authentication } from "coatcheck/adapter";
import { coatcheck } from "coatcheck/fastify";
import { generateSigningKey, StaticPublicKeys } from "coatcheck/keys";
import { PassIssuer, PassVerifier } from "coatcheck/passes";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { ManualClock } from "coatcheck/testing";
import Fastify, { type FastifyReply, type FastifyRequest } from "fastify";
import { type Library, startLibrary } from "../../src/library.ts";
import { IdentityTokens } from "./identity-tokens.ts";
import { type Served, serve } from "./served.ts";
import { SongFiles } from "./song-files.ts";

const AUDIENCE = "library";

/**
 * A gateway in small, with the library behind it and a file service beside it. Sessions and passes are real, on a clock
 * that stands still: to the browser, which believes the Date that it is sent, a pass lives as long as it says, and the
 * file service finds it expired when the clock is moved.
 */
export class MusicSite {
  readonly clock = new ManualClock(Date.now());
  readonly sessions = new SessionManager({ store: new MemorySessionStore({ clock: this.clock }), clock: this.clock });
  readonly files: SongFiles;
  /** Paths that passes were asked for, "renewal" for those that were exchanged. */
  readonly passes: string[] = [];
  /** What to answer instead of a pass; null for passes. */
  accessFault: number | null = null;
  passLifetimeSeconds = 300;
  #gateway: Served | null = null;
  #library: Library | null = null;

  private constructor(files: SongFiles) {
    this.files = files;
  }

  /** @param songFolder below which each song is at its path */
  static async start(songFolder: string): Promise<MusicSite> {
    const site = new MusicSite(await SongFiles.start(songFolder));
    await site.#open();
    return site;
  }

  get url(): string {
    if (this.#gateway === null) throw new Error("The site is not open.");
    return this.#gateway.url;
  }

  async close(): Promise<void> {
    await this.#gateway?.close();
    await this.#library?.close();
    await this.files.close();
  }

  async #open(): Promise<void> {
    const app = Fastify();
    this.#gateway = await serve((request, response) => app.routing(request, response));
    const { url, clock, sessions } = this;
    const identities = await IdentityTokens.create(url);
    const key = await generateSigningKey("ES256");
    const passes = new PassIssuer({ issuer: url, keys: { current: async () => key }, clock });
    const keys = await StaticPublicKeys.from({ keys: [key.publicJwk] });
    this.files.verifyBy(new PassVerifier({ issuer: url, audience: this.files.url, keys, clock }));
    this.#library = await startLibrary({
      port: 0,
      host: "localhost",
      issuer: url,
      audience: AUDIENCE,
      jwksUrl: `${url}/.well-known/jwks.json`,
      filesOrigin: this.files.url,
    });
    const { url: libraryUrl } = this.#library;

    const auth = coatcheck({ sessions, origin: url, findUser: (id) => ({ id }) });
    app.register(auth.plugin);
    app.get("/.well-known/jwks.json", async () => identities.jwks);
    app.get("/auth/account", async (_request, reply) =>
      reply.type("text/html").send("<!doctype html><h1>Account</h1>"),
    );
    app.get<{ Querystring: { readonly next: string } }>("/auth/sign-in", async (request, reply) => {
      await auth.login(request, "ada", () => true);
      return reply.redirect(request.query.next);
    });
    app.post("/auth/logout", async (request, reply) => {
      await auth.of(request).logout();
      return reply.code(204).send();
    });
    app.get("/auth/me", (request, reply) => signedIn(auth.of(request), reply, async () => ({ user: { id: "ada" } })));

    const pass = async (authentication: Authentication, path: string) => {
      const options = { audience: this.files.url, path, lifetimeSeconds: this.passLifetimeSeconds };
      const issued = await passes.issue(authentication, options);
      if (issued.outcome === "refused") throw new Error(`No pass: ${issued.reason}.`);
      const { token, expiresAt } = issued;
      return { url: `${this.files.url}${path}?token=${token}`, token, expiresAt: new Date(expiresAt).toISOString() };
    };
    const givePass = (request: FastifyRequest, reply: FastifyReply, name: string, path: string) =>
      signedIn(auth.of(request), reply, async (authentication) => {
        this.passes.push(name);
        if (this.accessFault !== null) return reply.code(this.accessFault).send();
        reply.header("date", new Date(clock.now()).toUTCString());
        return pass(authentication, path);
      });
    app.post<{ Body: { readonly path: string } }>("/auth/access", (request, reply) =>
      givePass(request, reply, request.body.path, request.body.path),
    );
    app.post<{ Body: { readonly token: string } }>("/auth/access/renew", (request, reply) => {
      const claims = JSON.parse(Buffer.from(request.body.token.split(".")[1] ?? "", "base64url").toString());
      return givePass(request, reply, "renewal", claims.path);
    });

    const forward = (request: FastifyRequest, reply: FastifyReply) =>
      signedIn(auth.of(request), reply, async (authentication) => {
        const token = await identities.issue(authentication, AUDIENCE);
        const answer = await fetch(libraryUrl + request.url, { headers: { authorization: `Bearer ${token}` } });
        const headers = [...answer.headers].filter(([name]) => !["connection", "keep-alive", "date"].includes(name));
        return reply
          .code(answer.status)
          .headers(Object.fromEntries(headers))
          .send(Buffer.from(await answer.arrayBuffer()));
      });
    app.get("/music/*", forward);
    app.get("/api/library/*", forward);
    await app.ready();
  }
}

async function signedIn<Answer>(
  session: AuthSession<unknown>,
  reply: FastifyReply,
  answer: (authentication: Authentication) => Promise<Answer>,
): Promise<Answer | FastifyReply> {
  const { authentication } = await session.load();
  if (authentication !== null) return answer(authentication);
  return reply.code(401).type("application/problem+json").send({ status: 401, code: "unauthenticated" });
}
