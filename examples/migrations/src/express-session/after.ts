import type { Session } from "coatcheck";
import { coatcheck } from "coatcheck/express";
import express from "express";
import { listen, type RunningApplication } from "../shared/running-application.ts";
import { Users } from "../shared/users.ts";
import { type CartItem, fixedPrice, type ShopOptions } from "./shop.ts";

/** The same shop over coatcheck: the same users, the same routes, and two more for the devices. */
export async function startAfter({ port = 0, priceOf = fixedPrice }: ShopOptions = {}): Promise<RunningApplication> {
  const running = await listen(port);
  const users = await Users.create();

  const auth = coatcheck({ origin: running.url, findUser: (id) => users.find(id) });

  const app = express();
  app.use(express.json());
  app.use(auth.middleware);

  app.post("/login", async (request, response) => {
    const { email, password } = request.body ?? {};
    const user = users.findByEmail(email);
    const login = await auth.login(request, user?.id, () => users.passwordMatches(user, password), { remember: true });
    if (!login.ok) return auth.answer(login, response);
    response.json(login.user);
  });
  app.post("/logout", async (request, response) => {
    await auth.of(request).logout();
    response.sendStatus(204);
  });

  app.get(
    "/me",
    auth.required((_request, response, { user }) => response.json(user)),
  );
  app.get(
    "/devices",
    auth.required(async (_request, response, session) => response.json(await session.devices())),
  );
  app.delete(
    "/devices/:id",
    auth.required(async ({ params }, response, session) =>
      response.sendStatus((await session.revoke(params.id ?? "")) ? 204 : 404),
    ),
  );
  app.get(
    "/cart",
    auth.required((_request, response, { session }) => response.json(cartOf(session))),
  );
  app.post(
    "/cart",
    auth.required(async (request, response, loggedIn) => {
      const { item } = request.body;
      const price = await priceOf(item);
      const cart = [...cartOf(loggedIn.session), { item, price }];
      // False when the session has ended meanwhile: no write brings it back.
      const isKept = await loggedIn.replaceData({ cart });
      isKept ? response.json(cart) : response.sendStatus(401);
    }),
  );

  running.server.on("request", app);
  return running;
}

function cartOf({ data }: Session): readonly CartItem[] {
  return (data.cart ?? []) as readonly CartItem[];
}
