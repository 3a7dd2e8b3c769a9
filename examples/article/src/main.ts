import { hash, verify } from "@node-rs/argon2";
import { LoginManager, RequestGuard, SessionManager } from "coatcheck";
import { FastifyLogin } from "coatcheck/adapters/fastify";
import { MemorySessionStore } from "coatcheck/stores/memory";
import Fastify from "fastify";

// The API of the article "Why you should not use JWT for authentication", with sessions that can be taken back.

const users = [
  { id: "1", name: "TestUser", email: "test@email.com", passwordHash: await hash("weakpassword") },
  { id: "2", name: "SecondUser", email: "rest@email.com", passwordHash: await hash("pass2") },
];

const host = process.env.HOST ?? "localhost";
const port = Number(process.env.PORT ?? 5000);
const sessions = new SessionManager({ store: new MemorySessionStore() });
const guard = new RequestGuard({ sessions, origin: `http://${host}:${port}` });
const logins = new LoginManager({ guard, userLoader: (id) => users.find((user) => user.id === id) });
const login = new FastifyLogin(logins, {
  unauthorizedHandler: (_refusal, _request, reply) => reply.code(401).send({ message: "Unauthorized" }),
});

const app = Fastify();
app.register(login.plugin);

app.get("/heartbeat", async () => ({ status: "OK" }));

interface Credentials {
  readonly user_id: string;
  readonly email: string;
  readonly password: string;
}

const credentials = {
  type: "object",
  required: ["user_id", "email", "password"],
  properties: {
    // The article sends a number: Fastify makes it a string.
    user_id: { type: "string", minLength: 1, maxLength: 255 },
    email: { type: "string" },
    password: { type: "string", maxLength: 1024 },
  },
};

app.post<{ Body: Credentials }>("/login", { schema: { body: credentials } }, async (request, reply) => {
  const { user_id, email, password } = request.body;
  // The attempt comes before the check of the password: a revoke-all in between then refuses this login.
  const attempt = await login.visit(request).begin(user_id);
  const user = users.find(({ id }) => id === user_id);
  if (user === undefined) return reply.code(400).send({ message: "User not found" });
  if (user.email !== email || !(await verify(user.passwordHash, password))) {
    return reply.code(400).send({ message: "Invalid credentials" });
  }
  const result = await login.visit(request).login(attempt);
  return result.outcome === "logged_in" ? { message: "User logged in" } : login.refuse(result.refusal, reply);
});

app.post(
  "/logout",
  login.loginRequired(async (_request, _reply, { visit }) => {
    await visit.logout();
    return { message: "Logged out" };
  }),
);

interface ProfileRoute {
  readonly Params: { readonly user_id: string };
}

app.get<ProfileRoute>(
  "/profile/:user_id",
  login.loginRequired<ProfileRoute>((request, reply, { user }) => {
    if (request.params.user_id !== user.id) return reply.code(401).send({ message: "Unauthorized" });
    return { name: user.name, email: user.email };
  }),
);

await app.listen({ host, port });
console.log(`The article's API answers at http://${host}:${port}/heartbeat`);

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void app.close());
