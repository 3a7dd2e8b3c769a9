import Database from "better-sqlite3";
import { LoginManager, RequestGuard, SessionManager } from "coatcheck";
import { ExpressLogin } from "coatcheck/adapters/express";
import { SqliteSessionStore } from "coatcheck/stores/sqlite";
import express, { type Request, type Response } from "express";
import { listen, type RunningApplication } from "../shared/running-application.ts";
import type { User } from "../shared/users.ts";
import { Accounts } from "./accounts.ts";
import { passwords as ownPasswords, type Passwords } from "./passwords.ts";

export interface AfterOptions {
  readonly port?: number;
  /** The file that better-auth made. Sessions get tables of their own in it. */
  readonly databaseFile: string;
  readonly passwords?: Passwords;
}

/** The same application over coatcheck, and over the users that better-auth had. */
export async function startAfter(options: AfterOptions): Promise<RunningApplication> {
  const { port = 0, databaseFile, passwords = ownPasswords } = options;
  const running = await listen(port);
  const database = new Database(databaseFile, { fileMustExist: true });
  const accounts = new Accounts(database, passwords);

  const sessionDatabase = new Database(databaseFile); // a connection that nothing else uses
  const store = await SqliteSessionStore.open({ database: sessionDatabase });
  const sessions = new SessionManager({ store });
  const guard = new RequestGuard({ sessions, origin: running.url });
  const login = new ExpressLogin(new LoginManager({ guard, userLoader: (id) => accounts.find(id) }));

  async function logIn(request: Request, response: Response, user: User | undefined, password: string): Promise<void> {
    const attempt = await login.visit(request).begin(user?.id ?? "nobody"); // before the hash is read
    const hash = await accounts.check(user, password);
    if (user === undefined || hash === null) return void response.sendStatus(401);
    const result = await login.visit(request).login(attempt, { remember: true });
    if (result.outcome === "refused") return login.refuse(result.refusal, response);
    await accounts.renewHash(user, hash, password);
    response.json(user);
  }

  const app = express();
  app.use(express.json());
  app.use(login.sessions);

  app.post("/auth/login", (request, response) => {
    const { email, password } = request.body;
    return logIn(request, response, accounts.findByEmail(email), password);
  });
  app.post("/auth/logout", async (request, response) => {
    await login.visit(request).logout();
    response.sendStatus(204);
  });
  app.get(
    "/me",
    login.loginRequired((_request, response, { user }) => response.json(user)),
  );
  app.get(
    "/auth/sessions",
    login.loginRequired(async (_request, response, { visit }) => response.json(await visit.sessions())),
  );
  app.post(
    "/auth/sign-out-other-devices",
    login.loginRequired(async (_request, response, { visit }) => response.json(await visit.signOutOtherDevices())),
  );
  app.post(
    "/auth/change-password",
    login.loginRequired(async (request, response, { user }) => {
      const { currentPassword, newPassword } = request.body;
      const hash = await accounts.check(user, currentPassword);
      if (hash === null) return response.sendStatus(403);
      if (!(await accounts.replacePassword(user, hash, newPassword))) return response.sendStatus(409);
      // After the new one is there: whoever got in with the old one is out, and so is who is about to.
      await sessions.revokeAll(user.id);
      return logIn(request, response, user, newPassword);
    }),
  );

  const sweeping = setInterval(() => void sessions.removeExpired().catch(console.error), 60_000);
  running.server.on("request", app);
  running.server.on("close", () => {
    clearInterval(sweeping);
    store.close();
    sessionDatabase.close();
    database.close();
  });
  return running;
}
