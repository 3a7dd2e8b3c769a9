import { LoginManager, RequestGuard, type Session, SessionManager } from "coatcheck";
import { ExpressLogin } from "coatcheck/adapters/express";
import { MemorySessionStore } from "coatcheck/stores/memory";
import express from "express";
import { listen, type RunningApplication } from "../shared/running-application.ts";
import { Users } from "../shared/users.ts";
import { type CartItem, fixedPrice, type ShopOptions } from "./shop.ts";

/** The same shop over coatcheck: the same users, the same routes, and two more for the devices. */
export async function startAfter({ port = 0, priceOf = fixedPrice }: ShopOptions = {}): Promise<RunningApplication> {
  const running = await listen(port);
  const users = await Users.create();

  const sessions = new SessionManager({ store: new MemorySessionStore() });
  const guard = new RequestGuard({ sessions, origin: running.url });
  const login = new ExpressLogin(new LoginManager({ guard, userLoader: (id) => users.find(id) }));

  const app = express();
  app.use(express.json());
  app.use(login.sessions);

  app.post("/login", async (request, response) => {
    const { email, password } = request.body ?? {};
    const user = users.findByEmail(email);
    const attempt = await login.visit(request).begin(user?.id ?? "nobody"); // before the password is read
    if (!(await users.passwordMatches(user, password))) return void response.sendStatus(401);
    const result = await login.visit(request).login(attempt, { remember: true });
    return result.outcome === "refused" ? login.refuse(result.refusal, response) : void response.json(result.user);
  });
  app.post("/logout", async (request, response) => {
    await login.visit(request).logout();
    response.sendStatus(204);
  });

  app.get(
    "/me",
    login.loginRequired((_request, response, { user }) => response.json(user)),
  );
  app.get(
    "/devices",
    login.loginRequired(async (_request, response, { visit }) => response.json(await visit.sessions())),
  );
  app.delete(
    "/devices/:id",
    login.loginRequired(async ({ params }, response, { visit }) =>
      response.sendStatus((await visit.revoke(params.id ?? "")) ? 204 : 404),
    ),
  );
  app.get(
    "/cart",
    login.loginRequired((_request, response, { session }) => response.json(cartOf(session))),
  );
  app.post(
    "/cart",
    login.loginRequired(async (request, response, { session, visit }) => {
      const { item } = request.body;
      const price = await priceOf(item);
      const cart = [...cartOf(session), { item, price }];
      const held = await visit.visit.authenticate();
      // False when the session has ended meanwhile: no write brings it back.
      const isKept = held.status === "authenticated" && (await sessions.replaceData(held, { cart }));
      isKept ? response.json(cart) : response.sendStatus(401);
    }),
  );

  running.server.on("request", app);
  return running;
}

function cartOf({ data }: Session): readonly CartItem[] {
  return (data.cart ?? []) as readonly CartItem[];
}
