import { type GuardedRequest, LoginManager, RequestGuard, SessionManager } from "coatcheck";
import { ExpressLogin } from "coatcheck/adapters/express";
import { MemorySessionStore } from "coatcheck/stores/memory";
import express from "express";
import { listen, type RunningApplication } from "../shared/running-application.ts";
import { type User, Users } from "../shared/users.ts";
import { ApiKeys } from "./api-keys.ts";
import { bearerOf, userIdOfToken } from "./tokens.ts";

export interface NotesOptions {
  readonly port?: number;
  /** For as long as the last of them lives: nothing that is done here ends a token, a logout neither. */
  readonly acceptsOldTokens?: boolean;
}

/** The same notes over coatcheck: people have sessions, scripts have keys, and nobody is given a JWT. */
export async function startAfter({
  port = 0,
  acceptsOldTokens = false,
}: NotesOptions = {}): Promise<RunningApplication> {
  const running = await listen(port);
  const users = await Users.create();
  const apiKeys = new ApiKeys();

  const requestLoader = ({ headers }: GuardedRequest): User | undefined => {
    const authorization = headers.get("authorization");
    const ofKey = apiKeys.userIdOf(bearerOf(authorization) ?? "");
    const ofToken = acceptsOldTokens ? userIdOfToken(authorization) : null;
    return users.find(ofKey ?? ofToken ?? "");
  };

  const sessions = new SessionManager({ store: new MemorySessionStore() });
  const guard = new RequestGuard({ sessions, origin: running.url });
  const logins = new LoginManager<User, null, User>({ guard, userLoader: (id) => users.find(id), requestLoader });
  const login = new ExpressLogin(logins);

  const app = express();
  app.use(express.json());
  app.use(login.sessions);

  app.post("/auth/login", async (request, response) => {
    const { email, password } = request.body ?? {};
    const user = users.findByEmail(email);
    const attempt = await login.visit(request).begin(user?.id ?? "nobody"); // before the password is read
    if (!(await users.passwordMatches(user, password))) return void response.sendStatus(401);
    const result = await login.visit(request).login(attempt);
    return result.outcome === "refused" ? login.refuse(result.refusal, response) : void response.json(result.user);
  });
  app.post("/auth/logout", async (request, response) => {
    await login.visit(request).logout();
    response.sendStatus(204);
  });
  app.get(
    "/auth/me",
    login.loginRequired((_request, response, { user }) => response.json(user)),
  );
  app.get(
    "/notes",
    login.loginRequired((_request, response, { user }) => response.json([`Notes of ${user.email}`])),
  );

  // A key is no login of just now, so no key can make another one.
  app.post(
    "/api-keys",
    login.freshLoginRequired((_request, response, { user }) => response.json(apiKeys.issue(user.id))),
  );
  app.delete(
    "/api-keys/:id",
    login.freshLoginRequired(({ params }, response, { user }) =>
      response.sendStatus(apiKeys.delete(user.id, params.id ?? "") ? 204 : 404),
    ),
  );

  running.server.on("request", app);
  return running;
}
