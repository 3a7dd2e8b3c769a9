import express, { type RequestHandler } from "express";
import { listen, type RunningApplication } from "../shared/running-application.ts";
import { Users } from "../shared/users.ts";
import { issueToken, userIdOfToken } from "./tokens.ts";

/** Notes behind a JWT: the page and the scripts log in, keep the token, and send it along. Nothing ends it but time. */
export async function startBefore({ port = 0 }: { readonly port?: number } = {}): Promise<RunningApplication> {
  const running = await listen(port);
  const users = await Users.create();

  const tokenRequired: RequestHandler = (request, response, next) => {
    const user = users.find(userIdOfToken(request.headers.authorization) ?? "");
    if (user === undefined) return void response.sendStatus(401);
    response.locals.user = user;
    next();
  };

  const app = express();
  app.use(express.json());
  app.post("/auth/login", async (request, response) => {
    const { email, password } = request.body ?? {};
    const user = users.findByEmail(email);
    const matches = await users.passwordMatches(user, password);
    if (user === undefined || !matches) return void response.sendStatus(401);
    response.json({ user, token: issueToken(user.id) });
  });
  app.get("/auth/me", tokenRequired, (_request, response) => void response.json(response.locals.user));
  app.get("/notes", tokenRequired, (_request, response) => {
    response.json([`Notes of ${response.locals.user.email}`]);
  });

  running.server.on("request", app);
  return running;
}
