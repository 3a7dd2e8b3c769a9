import { ExpressLogin } from "coatcheck/adapters/express";
import express from "express";
import { expect, expectTypeOf, test } from "vitest";
import { contractParts } from "./contract/contract-application.ts";

test("the parameters of a path keep their types, also where an element of a list may be missing", () => {
  const login = new ExpressLogin(contractParts().logins);
  const app = express();
  app.get("/devices/:id", login.sessions, login.requireLogin, (request, response) => {
    expectTypeOf(request.params.id).toEqualTypeOf<string>();
    response.end();
  });
  app.get(
    "/devices/:id",
    login.handle<{ id: string }>(({ params }, _response, visit) => {
      expectTypeOf(params.id).toEqualTypeOf<string>();
      expectTypeOf(visit.logout).toBeFunction();
    }),
  );
  app.get(
    "/devices/:id",
    login.loginRequired<{ id: string }>(({ params }) => expectTypeOf(params.id).toEqualTypeOf<string>()),
    login.freshLoginRequired<{ id: string }>(({ params }) => expectTypeOf(params.id).toEqualTypeOf<string>()),
  );
  app.get(
    "/devices/:id",
    // Not named, a parameter may be missing: nothing says that the path has it.
    login.loginRequired(({ params }) => expectTypeOf(params.id).toEqualTypeOf<string | undefined>()),
  );
  app.use("/devices", login.sessions, login.requireLogin);
  expect(app.router.stack.length).toBe(6);
});
