import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { fromNodeHeaders, toNodeHandler } from "better-auth/node";
import Database from "better-sqlite3";
import express from "express";
import { listen, type RunningApplication } from "../shared/running-application.ts";
import type { Passwords } from "./passwords.ts";

export interface BeforeOptions {
  readonly port?: number;
  readonly databaseFile: string;
  /** As in better-auth, false unless it is turned on. */
  readonly cookieCache?: boolean;
  /** Those of better-auth, scrypt, if none are given. */
  readonly passwords?: Passwords;
}

/** Logins by better-auth over SQLite, with what it does by default but for the options. */
export async function startBefore(options: BeforeOptions): Promise<RunningApplication> {
  const { port = 0, databaseFile, cookieCache = false, passwords } = options;
  const running = await listen(port);
  const database = new Database(databaseFile);
  const auth = betterAuth({
    baseURL: running.url,
    secret: "Jt0Lr5qYp2vKxW8nBz6dHf3sMa9cGe4u",
    database,
    emailAndPassword: { enabled: true, ...(passwords && { password: passwords }) },
    session: { cookieCache: { enabled: cookieCache } },
    logger: { level: "error" },
  });
  await (await getMigrations(auth.options)).runMigrations();

  const app = express();
  app.all("/api/auth/{*route}", toNodeHandler(auth));
  app.get("/me", async (request, response) => {
    const session = await auth.api.getSession({ headers: fromNodeHeaders(request.headers) });
    if (session === null) return void response.sendStatus(401);
    response.json({ id: session.user.id, email: session.user.email });
  });

  running.server.on("request", app);
  running.server.on("close", () => database.close());
  return running;
}
