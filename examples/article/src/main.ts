import { hash, verify } from "@node-rs/argon2";
import { coatcheck } from "coatcheck/fastify";
import Fastify from "fastify";

// The API of the article "Why you should not use JWT for authentication", with sessions that can be taken back.

const users = [
  { id: "1", name: "TestUser", email: "test@email.com", passwordHash: await hash("weakpassword") },
  { id: "2", name: "SecondUser", email: "rest@email.com", passwordHash: await hash("pass2") },
];

const host = process.env.HOST ?? "localhost";
const port = Number(process.env.PORT ?? 5000);
const auth = coatcheck({
  origin: `http://${host}:${port}`,
  findUser: (id) => users.find((user) => user.id === id),
  unauthorizedHandler: (_refusal, _request, reply) => reply.code(401).send({ message: "Unauthorized" }),
});

const app = Fastify();
app.register(auth.plugin);

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
  const user = users.find(({ id }) => id === user_id);
  const login = await auth.login(
    request,
    user?.id,
    async () => user !== undefined && user.email === email && (await verify(user.passwordHash, password)),
  );
  if (login.ok) return { message: "User logged in" };
  if (login.code !== "invalid_credentials") return auth.answer(login, reply);
  return reply.code(400).send({ message: user === undefined ? "User not found" : "Invalid credentials" });
});

app.post(
  "/logout",
  auth.required(async (_request, _reply, session) => {
    await session.logout();
    return { message: "Logged out" };
  }),
);

interface ProfileRoute {
  readonly Params: { readonly user_id: string };
}

app.get<ProfileRoute>(
  "/profile/:user_id",
  auth.required<ProfileRoute>((request, reply, { user }) => {
    if (request.params.user_id !== user.id) return reply.code(401).send({ message: "Unauthorized" });
    return { name: user.name, email: user.email };
  }),
);

await app.listen({ host, port });
console.log(`The article's API answers at http://${host}:${port}/heartbeat`);

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void app.close());
