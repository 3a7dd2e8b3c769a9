import type { SessionManager } from "coatcheck";
import { describe, expect, test } from "vitest";
import { logIn, setUp } from "./support.ts";

/** What a plain JavaScript application may pass: no compiler looks at it. */
type Unchecked = (first: unknown, second?: unknown, third?: unknown) => Promise<unknown>;

/** An application that finds a user for any id, as a careless query does. */
function carelessApplication() {
  return setUp({ logins: { findUser: () => ({ id: "ada" }) } });
}

type Application = ReturnType<typeof carelessApplication>;

/** The session of a request without a user, as adapters have it. */
function requestSession({ guard }: Application) {
  const session = guard.admit({ method: "POST", headers: new Headers() });
  if (!session.ok) throw new Error(session.code);
  return session;
}

/** What completes an attempt that `begin` made. */
const takers: readonly (readonly [string, (application: Application) => Unchecked])[] = [
  ["the manager", ({ sessions }) => sessions.login.bind(sessions) as Unchecked],
  [
    "a request",
    (application) => {
      const session = requestSession(application);
      return session.login.bind(session) as Unchecked;
    },
  ],
];

const attempts: readonly (readonly [string, (sessions: SessionManager) => unknown, RegExp])[] = [
  ["a promise, its await forgotten", (sessions) => sessions.begin("ada"), /is a promise: write await/],
  ["the user's id", () => "ada", /not a string/],
  ["nothing", () => undefined, /not undefined/],
  ["null", () => null, /not null/],
  ["the user", () => ({ id: "ada", userId: "ada" }), /not an object of your own/],
  ["a list", () => [], /not a list/],
];

describe.each(takers)("%s begins no session", (_taker, takerOf) => {
  test.each(attempts)("by %s", async (_what, attemptOf, message) => {
    const application = carelessApplication();
    await expect(takerOf(application)(attemptOf(application.sessions))).rejects.toMatchObject({
      code: "invalid_login_attempt",
      message: expect.stringMatching(message),
    });
    expect(await application.sessions.list("ada")).toEqual([]);
  });

  test("by a copy of an attempt, whatever it says", async () => {
    const application = carelessApplication();
    const attempt = await application.sessions.begin("grace");
    for (const copy of [{ ...attempt, userId: "ada" }, JSON.parse(JSON.stringify(attempt))]) {
      await expect(takerOf(application)(copy)).rejects.toMatchObject({ code: "invalid_login_attempt" });
    }
    expect(() => Object.assign(attempt, { userId: "ada" })).toThrow(TypeError);
  });
});

const options: readonly (readonly [string, unknown, RegExp])[] = [
  ["the word false in a form", { remember: "false" }, /remember is true or false, and not a string/],
  ["a ticked box in a form", { remember: "on" }, /remember: form.remember === "on"/],
  ["a number", { remember: 1 }, /not a number/],
  ["the word false for fresh", { fresh: "false" }, /fresh is true or false/],
  ["a flag in place of the options", true, /an object, and not a boolean: { remember: true }/],
  ["null", null, /an object, and not null/],
  ["another library's name", { rememberMe: true }, /no option "rememberMe" here. Write remember: true/],
  ["another library's duration", { maxAge: 60 }, /Write durationSeconds/],
  ["a name of every object's", { constructor: true }, /no option "constructor" here. There are remember,/],
  ["a duration as text", { durationSeconds: "60" }, /must be a number/],
  ["one method", { methods: "pwd" }, /a list of RFC 8176 names/],
  ["inherited, as from a copied __proto__", Object.create({ force: "yes" }), /an object of its own, such as/],
];
/** The login of each layer, with an attempt or a check that is right, and these options. */
const logins: readonly (readonly [string, (application: Application, given: unknown) => Promise<unknown>])[] = [
  ...takers.map(
    ([taker, takerOf]) =>
      [
        taker,
        async (application: Application, given: unknown) =>
          takerOf(application)(await application.sessions.begin("ada"), given),
      ] as const,
  ),
  [
    "a user",
    (application, given) =>
      application.client()((auth) => (auth.login.bind(auth) as Unchecked)("ada", () => true, given)),
  ],
];

describe.each(logins)("%s begins no session", (_taker, login) => {
  test.each(options)("with options that are %s", async (_what, given, message) => {
    const application = carelessApplication();
    await expect(login(application, given)).rejects.toMatchObject({
      code: "invalid_configuration",
      message: expect.stringMatching(message),
    });
    expect(await application.sessions.list("ada")).toEqual([]);
    expect(application.setCookies).toEqual([]);
  });
});

describe("a check logs a user in by true, and by nothing else", () => {
  const answers: readonly (readonly [string, unknown])[] = [
    ["the user", { id: "ada" }],
    ["the word true", "true"],
    ["a number", 1],
    ["nothing", undefined],
    ["null", null],
    ["a function", () => true],
    ["a list", [true]],
  ];
  test.each(answers)("not by %s", async (_what, answer) => {
    const { client, sessions, setCookies } = carelessApplication();
    for (const check of [() => answer, async () => answer]) {
      for (const method of ["login", "confirm"] as const) {
        const send = client();
        if (method === "confirm") await send((auth) => logIn(auth, "grace"));
        const call = send((auth) =>
          method === "login" ? auth.login("ada", check as never) : auth.confirm(check as never),
        );
        await expect(call).rejects.toMatchObject({
          code: "invalid_login_check",
          message: expect.stringMatching(/answers true or false, not /),
        });
      }
    }
    expect(await sessions.list("ada")).toEqual([]);
    expect(setCookies).toHaveLength(2);
  });

  test.each([true, Promise.resolve(true), undefined, null, "right"])("nor is %s a check", async (check) => {
    const { client, sessions } = carelessApplication();
    const login = client()((auth) => auth.login("ada", check as never));
    await expect(login).rejects.toMatchObject({
      code: "invalid_login_check",
      message: expect.stringMatching(/is a function, not .*\(\) => passwordMatches/),
    });
    expect(await sessions.list("ada")).toEqual([]);
  });
});

test.each([42, ["ada"], { id: "ada" }, Promise.resolve("ada"), true])("%s is no user id", async (userId) => {
  const { client, sessions } = carelessApplication();
  const login = client()((auth) => auth.login(userId as never, () => true));
  await expect(login).rejects.toMatchObject({
    code: "invalid_user_id",
    message: expect.stringMatching(/is text, not/),
  });
  expect(await sessions.list("ada")).toEqual([]);
});

test("a request knows device, cause and what is replaced by itself", async () => {
  const application = carelessApplication();
  const attempt = await application.sessions.begin("ada");
  const session = requestSession(application);
  for (const name of ["device", "cause", "replaces"]) {
    const message = expect.stringMatching(`no option "${name}" here. The `);
    const given = { [name]: {} } as never;
    await expect(session.login(attempt, given)).rejects.toMatchObject({ message });
    const login = application.client()((auth) => auth.login("ada", () => true, given));
    await expect(login).rejects.toMatchObject({ message });
  }
  await expect(application.sessions.login(attempt, { replaces: {} } as never)).rejects.toMatchObject({
    message: expect.stringMatching("what authenticate gave"),
  });
});

test("a user who is not active is not let in by the word false", async () => {
  const { client } = setUp();
  const login = client()((auth) => auth.login("eve", () => true, { force: "false" } as never));
  await expect(login).rejects.toMatchObject({ message: expect.stringMatching("force is true or false") });
});

test("a proof again takes a check, methods and repeat alone", async () => {
  const { client } = setUp();
  const send = client();
  await send(logIn);
  await send(async (auth) => {
    await expect(auth.confirm(() => true, { remember: true } as never)).rejects.toMatchObject({
      message: expect.stringMatching('no option "remember" here. There are methods, repeat.'),
    });
    await expect(auth.confirm(() => true, { repeat: "false" } as never)).rejects.toMatchObject({
      message: expect.stringMatching("repeat is true or false"),
    });
    expect(await auth.confirm(() => true, { methods: ["otp"] })).toMatchObject({ ok: true });
  });
});

test.each([42, ["a", "b"], null, undefined, { id: "ada" }, Promise.resolve("ada")])(
  "a login is not begun for %s",
  async (userId) => {
    const { sessions } = setUp();
    await expect(sessions.begin(userId as never)).rejects.toMatchObject({ code: "invalid_user_id" });
  },
);

test("what is right stays right: an option that is undefined is none", async () => {
  const { client } = setUp();
  const login = await client()((auth) => logIn(auth, "ada", { remember: true, data: undefined } as never));
  expect(login).toMatchObject({ ok: true, session: { remembered: true } });
});
