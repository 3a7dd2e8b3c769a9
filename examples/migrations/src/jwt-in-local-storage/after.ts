import type { GuardedRequest } from "coatcheck/adapter";
import { coatcheck } from "coatcheck/express";
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

/** The same notes over coatcheck: people have sessions, scripts have keys, and no client is given a JWT. */
export async function startAfter({
  port = 0,
  acceptsOldTokens = false,
}: NotesOptions = {}): Promise<RunningApplication> {
  const running = await listen(port);
  const users = await Users.create();
  const apiKeys = new ApiKeys();

  const findRequestUser = ({ headers }: GuardedRequest): User | undefined => {
    const authorization = headers.get("authorization");
    const ofKey = apiKeys.userIdOf(bearerOf(authorization) ?? "");
    const ofToken = acceptsOldTokens ? userIdOfToken(authorization) : null;
    return users.find(ofKey ?? ofToken ?? "");
  };

  const auth = coatcheck({ origin: running.url, findUser: (id) => users.find(id), findRequestUser });

  const app = express();
  app.use(express.json());
  app.use(auth.middleware);

  app.post("/auth/login", async (request, response) => {
    const { email, password } = request.body ?? {};
    const user = users.findByEmail(email);
    const login = await auth.login(request, user?.id, () => users.passwordMatches(user, password));
    if (!login.ok) return auth.answer(login, response);
    response.json(login.user);
  });
  app.post("/auth/logout", async (request, response) => {
    await auth.of(request).logout();
    response.sendStatus(204);
  });
  app.get(
    "/auth/me",
    auth.required((_request, response, { user }) => response.json(user)),
  );
  app.get(
    "/notes",
    auth.required((_request, response, { user }) => response.json([`Notes of ${user.email}`])),
  );

  // A key is no login of just now, so no key can make another one.
  app.post(
    "/api-keys",
    auth.freshRequired((_request, response, { user }) => response.json(apiKeys.issue(user.id))),
  );
  app.delete(
    "/api-keys/:id",
    auth.freshRequired(({ params }, response, { user }) =>
      response.sendStatus(apiKeys.delete(user.id, params.id ?? "") ? 204 : 404),
    ),
  );

  running.server.on("request", app);
  return running;
}
