import express from "express";
import session from "express-session";
import passport from "passport";
import { Strategy } from "passport-local";
import { listen, type RunningApplication } from "../shared/running-application.ts";
import { type User, Users } from "../shared/users.ts";
import { type CartItem, fixedPrice, type ShopOptions } from "./shop.ts";

declare module "express-session" {
  interface SessionData {
    cart: readonly CartItem[];
  }
}

const ONE_WEEK_MILLISECONDS = 7 * 24 * 60 * 60 * 1_000;

/** A shop with logins by express-session and passport, set up as their documentation advises. */
export async function startBefore({ port = 0, priceOf = fixedPrice }: ShopOptions = {}): Promise<RunningApplication> {
  const running = await listen(port);
  const users = await Users.create();

  const logins = new passport.Passport();
  logins.use(
    new Strategy({ usernameField: "email" }, async (email, password, done) => {
      try {
        const user = users.findByEmail(email);
        done(null, (await users.passwordMatches(user, password)) && user);
      } catch (error) {
        done(error);
      }
    }),
  );
  logins.serializeUser<string>((user, done) => done(null, (user as User).id));
  logins.deserializeUser<string>((id, done) => done(null, users.find(id) ?? false));

  const app = express();
  app.use(express.json());
  app.use(
    session({
      secret: "signs the cookies",
      resave: false,
      saveUninitialized: false,
      cookie: { sameSite: "lax", maxAge: ONE_WEEK_MILLISECONDS },
    }),
  );
  app.use(logins.session());

  app.post("/login", logins.authenticate("local"), (request, response) => void response.json(request.user));
  app.post("/logout", (request, response, next) => {
    request.logout((error) => (error ? next(error) : response.sendStatus(204)));
  });

  app.use((request, response, next) => (request.isAuthenticated() ? next() : response.sendStatus(401)));
  app.get("/me", (request, response) => void response.json(request.user));
  app.get("/cart", (request, response) => void response.json(request.session.cart ?? []));
  app.post("/cart", async (request, response) => {
    const { item } = request.body;
    const price = await priceOf(item);
    request.session.cart = [...(request.session.cart ?? []), { item, price }];
    response.json(request.session.cart);
  });

  running.server.on("request", app);
  return running;
}
