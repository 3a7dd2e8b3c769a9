import { loggedInClient } from "coatcheck/testing";
import { expect, test } from "vitest";
import { applications } from "../testing/five-applications.ts";
import { logIn, setUp } from "./support.ts";

const PAGE = { method: "GET", url: "/songs?page=2", headers: { "sec-fetch-mode": "navigate" } };

test.each([
  ["/login", "/login?next=%2Fsongs%3Fpage%3D2"],
  ["/login?from=shop", "/login?from=shop&next=%2Fsongs%3Fpage%3D2"],
])("the login view %s keeps its query, and is told the way back", async (loginView, location) => {
  const { client } = setUp({ logins: { loginView } });
  expect(await client()((auth) => auth.requireLogin(), PAGE)).toMatchObject({ status: 401, location });
});

const ORIGIN = "https://app.example";
const SIBLING = "https://www.app.example";
const FORM = { method: "POST", url: "/songs/7/delete", headers: { "sec-fetch-mode": "navigate", origin: ORIGIN } };

test.each([
  ["a form's page", { "sec-fetch-site": "same-origin", referer: `${ORIGIN}/songs?page=2#top` }, "/songs?page=2"],
  ["a page that does not say which", { "sec-fetch-site": "same-origin" }, "/"],
  ["a page that leaves out its path", { "sec-fetch-site": "same-origin", referer: `${ORIGIN}/` }, "/"],
  ["a page that may be of another origin", { referer: "https://www.app.example/songs" }, "/"],
  ["a page of a sibling", { origin: SIBLING, "sec-fetch-site": "same-site", referer: `${SIBLING}/songs` }, "/"],
  ["no page at all", { "sec-fetch-site": "same-origin", referer: "about:client" }, "/"],
  ["a path that leads elsewhere", { "sec-fetch-site": "same-origin", referer: `${ORIGIN}//evil.example/` }, "/"],
])("who sends a form is sent to log in, and comes back to %s", async (_, headers, back) => {
  const logins = { loginView: "/login", refreshView: "/confirm" };
  const { client } = setUp({ logins, guard: { trustedOrigins: [SIBLING] } });
  const send = client();
  const form = { ...FORM, headers: { ...FORM.headers, ...headers } };
  const next = `?next=${encodeURIComponent(back)}`;
  expect(await send((auth) => auth.requireLogin(), form)).toMatchObject({ status: 401, location: `/login${next}` });
  await send((auth) => logIn(auth, "ada", { fresh: false }));
  expect(await send((auth) => auth.requireFresh(), form)).toMatchObject({ status: 403, location: `/confirm${next}` });
});

test("a script that sends the same is told by the status", async () => {
  const { client } = setUp({ logins: { loginView: "/login" } });
  for (const headers of [
    { "sec-fetch-mode": "cors", "sec-fetch-site": "same-origin" },
    { accept: "text/html, */*; q=0.01", "x-requested-with": "XMLHttpRequest" },
  ]) {
    const script = { ...FORM, headers: { origin: ORIGIN, ...headers } };
    expect(await client()((auth) => auth.requireLogin(), script)).toMatchObject({ status: 401, location: null });
  }
});

test("the refresh view is for those who are logged in, the login view for those who are not", async () => {
  const { client } = setUp({ logins: { loginView: "/login", refreshView: "/confirm" } });
  const send = client();
  const requireFresh = () => send((auth) => auth.requireFresh(), PAGE);
  expect(await requireFresh()).toMatchObject({ location: "/login?next=%2Fsongs%3Fpage%3D2" });
  await send((auth) => logIn(auth, "ada", { fresh: false }));
  expect(await requireFresh()).toMatchObject({ status: 403, location: "/confirm?next=%2Fsongs%3Fpage%3D2" });
});

test.each(Object.entries(applications))(
  "%s asks the handler for logins that are not fresh, and it alone answers",
  async (...of) => {
    const [, run] = of;
    const { clock, sessions } = setUp();
    const { close, ...way } = await run({ sessions, origin: "https://app.example", findUser: (id) => ({ id }) });
    try {
      const client = await loggedInClient({ userId: "ada", ...way });
      expect((await client.fetch("/handled")).status).toBe(200);
      clock.advanceSeconds(900);
      const answer = await client.fetch("/handled");
      expect([answer.status, await answer.json()]).toEqual([418, { code: "reauthentication_required" }]);
      expect((await client.fetch("/me")).status).toBe(200);
    } finally {
      await close();
    }
  },
);
