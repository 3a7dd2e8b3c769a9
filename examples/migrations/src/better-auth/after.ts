import Database from "better-sqlite3";
import { coatcheck } from "coatcheck/express";
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
  const auth = coatcheck({ origin: running.url, findUser: (id) => accounts.find(id), store });

  async function logIn(request: Request, response: Response, user: User | undefined, password: string): Promise<void> {
    const checked: { hash: string | null } = { hash: null };
    const check = async () => {
      checked.hash = await accounts.check(user, password);
      return checked.hash !== null;
    };
    const login = await auth.login(request, user?.id, check, { remember: true });
    if (!login.ok) return auth.answer(login, response);
    if (checked.hash !== null) await accounts.renewHash(login.user, checked.hash, password);
    response.json(login.user);
  }

  const app = express();
  app.use(express.json());
  app.use(auth.middleware);

  app.post("/auth/login", (request, response) => {
    const { email, password } = request.body;
    return logIn(request, response, accounts.findByEmail(email), password);
  });
  app.post("/auth/logout", async (request, response) => {
    await auth.of(request).logout();
    response.sendStatus(204);
  });
  app.get(
    "/me",
    auth.required((_request, response, { user }) => response.json(user)),
  );
  app.get(
    "/auth/sessions",
    auth.required(async (_request, response, session) => response.json(await session.devices())),
  );
  app.post(
    "/auth/sign-out-other-devices",
    auth.required(async (_request, response, session) => response.json(await session.revokeOthers())),
  );
  app.post(
    "/auth/change-password",
    auth.required(async (request, response, { user }) => {
      const { currentPassword, newPassword } = request.body;
      const hash = await accounts.check(user, currentPassword);
      if (hash === null) return response.sendStatus(403);
      if (!(await accounts.replacePassword(user, hash, newPassword))) return response.sendStatus(409);
      // After the new one is there: it ends what the old one began, and every login with it that is under way.
      await auth.sessions.revokeAll(user.id);
      return logIn(request, response, user, newPassword);
    }),
  );

  running.server.on("request", app);
  running.server.on("close", async () => {
    await auth.close(); // a sweep that is under way needs the store
    store.close();
    sessionDatabase.close();
    database.close();
  });
  return running;
}
