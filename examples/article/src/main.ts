import { hash, verify } from "@node-rs/argon2";
import { RequestGuard, SessionManager } from "coatcheck";
import { fastifySessions } from "coatcheck/adapters/fastify";
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

const app = Fastify();
app.register(fastifySessions, { guard });

app.get("/heartbeat", async () => ({ status: "OK" }));

interface Login {
  readonly user_id: string;
  readonly email: string;
  readonly password: string;
}

const loginBody = {
  type: "object",
  required: ["user_id", "email", "password"],
  properties: {
    // The article sends a number: Fastify makes it a string.
    user_id: { type: "string", minLength: 1, maxLength: 255 },
    email: { type: "string" },
    password: { type: "string", maxLength: 1024 },
  },
};

app.post<{ Body: Login }>("/login", { schema: { body: loginBody } }, async (request, reply) => {
  const { user_id, email, password } = request.body;
  // The attempt comes before the check of the password: a revoke-all in between is then not outrun by this login.
  const attempt = await sessions.begin(user_id);
  const user = users.find(({ id }) => id === user_id);
  if (user === undefined) return reply.code(400).send("User not found");
  if (user.email !== email || !(await verify(user.passwordHash, password))) {
    return reply.code(400).send("Invalid credentials");
  }
  const login = await request.visit.login(attempt);
  return login.outcome === "logged_in" ? "User logged in" : reply.code(503).send("Try again");
});

app.post("/logout", async (request) => {
  await request.visit.logout();
  return "Logged out";
});

app.get<{ Params: { user_id: string } }>("/profile/:user_id", async (request, reply) => {
  const visitor = await request.visit.authenticate();
  const user = users.find(({ id }) => id === request.params.user_id);
  if (visitor.status !== "authenticated" || user?.id !== visitor.session.userId) {
    return reply.code(401).send({ message: "Unauthorized" });
  }
  return { id: user.id, name: user.name, email: user.email };
});

await app.listen({ host, port });
console.log(`The article's API answers at http://${host}:${port}/heartbeat`);

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void app.close());
