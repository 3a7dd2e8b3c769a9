import { FetchLogin } from "coatcheck/adapters/fetch";
import { expect, test } from "vitest";
import { contractParts } from "./contract/contract-application.ts";

const post = () => new Request("http://localhost:8080/login", { method: "POST" });

test("a response that is thrown takes the cookie along", async () => {
  const { logins, sessions } = contractParts();
  const login = new FetchLogin(logins);
  const handle = login.handle(async (_request, visit) => {
    await visit.login(await visit.begin("ada"));
    throw Response.redirect("http://localhost:8080/", 302);
  });
  const thrown: unknown = await handle(post()).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(Response);
  const { status, headers } = thrown as Response;
  expect([status, headers.get("location")]).toEqual([302, "http://localhost:8080/"]);
  expect(headers.getSetCookie()).toHaveLength(1);
  expect(await sessions.list("ada")).toHaveLength(1);
});

test("anything else that is thrown is passed on as it is", async () => {
  const redirection = { digest: "a framework's own" };
  const handle = new FetchLogin(contractParts().logins).handle(() => {
    throw redirection;
  });
  await expect(handle(post())).rejects.toBe(redirection);
});
