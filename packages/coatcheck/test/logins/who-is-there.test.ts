import { LoginManager } from "coatcheck";
import { expect, test } from "vitest";
import { logIn, type Person, setUp } from "./support.ts";

test("nobody is null, or whom the application makes of nobody", async () => {
  const { client, guard } = setUp();
  expect(await client()((visit) => visit.currentUser())).toBeNull();

  let made = 0;
  const logins = new LoginManager({
    guard,
    userLoader: (): Person | null => null,
    anonymousUser: () => ({ name: "Guest", number: ++made }),
  });
  const admission = guard.admit({ method: "GET", headers: new Headers() });
  if (!admission.admitted) throw new Error(admission.code);
  const visit = logins.of(admission);
  expect(await visit.currentUser()).toEqual({ name: "Guest", number: 1 });
  expect(await visit.identify()).toBeNull();
  expect(await visit.requireLogin()).toMatchObject({ admitted: false, status: 401 });
});

test("a request that names a user who is not there is nobody's", async () => {
  const { client, events } = setUp({ logins: { requestLoader: () => null } });
  expect(await client()((visit) => visit.requireLogin())).toMatchObject({ code: "unauthenticated" });
  expect(events.map(({ name }) => name)).toEqual(["user_accessed", "unauthorized"]);
});

test("what the request names is asked for where the session's user is gone", async () => {
  const { client, people } = setUp({ logins: { requestLoader: () => ({ id: "robot" }) } });
  const send = client();
  await send(logIn);
  people.delete("ada");
  expect(await send((visit) => visit.identify())).toMatchObject({ user: { id: "robot" }, session: null });
});

test("no method is exempt from a login: OPTIONS and HEAD are not, either", async () => {
  const { client } = setUp();
  for (const method of ["OPTIONS", "HEAD", "GET", "POST"]) {
    const send = client();
    expect(await send((visit) => visit.requireLogin(), { method })).toMatchObject({ status: 401 });
    expect(await send((visit) => visit.requireFreshLogin(), { method })).toMatchObject({ status: 401 });
  }
});
