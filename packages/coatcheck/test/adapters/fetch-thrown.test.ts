import { coatcheck } from "coatcheck/fetch";
import { expect, test } from "vitest";
import { contractParts } from "./contract/contract-application.ts";

const post = () => new Request("http://localhost:8080/login", { method: "POST" });

test("a response that is thrown takes the cookie along", async () => {
  const { options, sessions } = contractParts();
  const auth = coatcheck(options);
  const handle = auth.handle(async (_request, session) => {
    await session.login("ada", () => true);
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
  const handle = coatcheck(contractParts().options).handle(() => {
    throw redirection;
  });
  await expect(handle(post())).rejects.toBe(redirection);
});
