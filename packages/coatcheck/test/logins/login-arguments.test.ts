import type { LoginVisit, SessionManager, Visit } from "coatcheck";
import { describe, expect, test } from "vitest";
import { setUp } from "./support.ts";

/** What a plain JavaScript application may pass: no compiler looks at it. */
interface Unchecked {
  login(attempt: unknown, options?: unknown): Promise<unknown>;
  confirmLogin(attempt: unknown, options?: unknown): Promise<unknown>;
}
const unchecked = (taker: LoginVisit<never> | Visit | SessionManager) => taker as unknown as Unchecked;

/** An application whose user loader finds a user for any id, as a careless query does. */
function carelessApplication() {
  return setUp({ logins: { userLoader: () => ({ id: "ada" }) } });
}

type Application = ReturnType<typeof carelessApplication>;
const takers: readonly (readonly [string, (application: Application, visit: LoginVisit<never>) => Unchecked])[] = [
  ["the manager", ({ sessions }) => unchecked(sessions)],
  ["a visit", (_application, { visit }) => unchecked(visit)],
  ["a user's visit", (_application, visit) => unchecked(visit)],
];

const attempts: readonly (readonly [string, (sessions: SessionManager) => unknown, RegExp])[] = [
  ["a promise, its await forgotten", (sessions) => sessions.begin("ada"), /is a promise: write await/],
  ["the user's id", () => "ada", /not a string/],
  ["nothing", () => undefined, /not undefined/],
  ["null", () => null, /not null/],
  ["the user", () => ({ id: "ada", userId: "ada" }), /not an object of your own/],
  ["a list", () => [], /not a list/],
];

describe.each(takers)("%s logs nobody in", (_taker, takerOf) => {
  test.each(attempts)("by %s", async (_what, attemptOf, message) => {
    const application = carelessApplication();
    await application.client()(async (visit) => {
      const login = takerOf(application, visit as never).login(attemptOf(application.sessions));
      await expect(login).rejects.toMatchObject({
        code: "invalid_login_attempt",
        message: expect.stringMatching(message),
      });
    });
    expect(await application.sessions.list("ada")).toEqual([]);
    expect(application.setCookies).toEqual([]);
  });

  test("by a copy of an attempt, whatever it says", async () => {
    const application = carelessApplication();
    await application.client()(async (visit) => {
      const taker = takerOf(application, visit as never);
      const attempt = await application.sessions.begin("grace");
      for (const copy of [{ ...attempt, userId: "ada" }, JSON.parse(JSON.stringify(attempt))]) {
        await expect(taker.login(copy)).rejects.toMatchObject({ code: "invalid_login_attempt" });
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
  ];
  test.each(options)("with options that are %s", async (_what, given, message) => {
    const application = carelessApplication();
    await application.client()(async (visit) => {
      const login = takerOf(application, visit as never).login(await application.sessions.begin("ada"), given);
      await expect(login).rejects.toMatchObject({
        code: "invalid_configuration",
        message: expect.stringMatching(message),
      });
    });
    expect(await application.sessions.list("ada")).toEqual([]);
  });
});

test("a visit knows device, cause and what is replaced by itself", async () => {
  const application = carelessApplication();
  await application.client()(async (visit) => {
    const attempt = await application.sessions.begin("ada");
    for (const name of ["device", "cause", "replaces"]) {
      for (const taker of [unchecked(visit as never), unchecked(visit.visit)]) {
        const message = expect.stringMatching(`no option "${name}" here. The `);
        await expect(taker.login(attempt, { [name]: {} })).rejects.toMatchObject({ message });
      }
    }
    await expect(unchecked(application.sessions).login(attempt, { replaces: {} })).rejects.toMatchObject({
      message: expect.stringMatching("what authenticate gave"),
    });
  });
});

test("a user who is not active is not let in by the word false", async () => {
  const { client } = setUp();
  await client()(async (visit) => {
    const login = unchecked(visit as never).login(await visit.begin("eve"), { force: "false" });
    await expect(login).rejects.toMatchObject({ message: expect.stringMatching("force is true or false") });
  });
});

test("a proof again takes the attempt of begin, and methods alone", async () => {
  const { client } = setUp();
  const send = client();
  await send(async (visit) => visit.login(await visit.begin("ada")));
  await send(async (visit) => {
    const confirming = unchecked(visit as never);
    await expect(confirming.confirmLogin(visit.begin("ada"))).rejects.toMatchObject({ code: "invalid_login_attempt" });
    const attempt = await visit.begin("ada");
    await expect(confirming.confirmLogin(attempt, { remember: true })).rejects.toMatchObject({
      message: expect.stringMatching('no option "remember" here. There are methods.'),
    });
    expect(await visit.confirmLogin(attempt, { methods: ["otp"] })).toMatchObject({ outcome: "logged_in" });
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
  const login = await client()(async (visit) =>
    visit.login(await visit.begin("ada"), { remember: true, data: undefined } as never),
  );
  expect(login).toMatchObject({ outcome: "logged_in", session: { remembered: true } });
});
