import { Hono } from "hono";
import { getIronSession, type SessionOptions } from "iron-session";
import { type Application, SECRET } from "../application.ts";
import { listenHono } from "../hono.ts";

interface SessionData {
  userId?: string;
}

const OPTIONS: SessionOptions = { password: SECRET, cookieName: "iron", cookieOptions: { secure: false } };

/** The whole session in an encrypted cookie, which no server can end before it expires. */
export const ironSession: Application = () => {
  const app = new Hono();
  app.post("/login", async ({ req }) => {
    const response = new Response(null, { status: 204 });
    const session = await getIronSession<SessionData>(req.raw, response, OPTIONS);
    const user = req.query("user");
    if (user !== undefined) session.userId = user;
    await session.save();
    return response;
  });
  app.get("/me", async (context) => {
    const { userId } = await getIronSession<SessionData>(context.req.raw, context.res, OPTIONS);
    return userId === undefined ? context.body(null, 401) : context.json({ id: userId });
  });
  return listenHono(app);
};
