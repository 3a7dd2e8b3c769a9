import { coatcheck } from "coatcheck/express";
import express from "express";
import { expect, expectTypeOf, test } from "vitest";
import { contractParts } from "./contract/contract-application.ts";

test("the parameters of a path keep their types, also where an element of a list may be missing", () => {
  const auth = coatcheck(contractParts().options);
  const app = express();
  app.get("/devices/:id", auth.middleware, auth.requireLogin, (request, response) => {
    expectTypeOf(request.params.id).toEqualTypeOf<string>();
    response.end();
  });
  app.get(
    "/devices/:id",
    auth.handle<{ id: string }>(({ params }, _response, session) => {
      expectTypeOf(params.id).toEqualTypeOf<string>();
      expectTypeOf(session.logout).toBeFunction();
    }),
  );
  app.get(
    "/devices/:id",
    auth.required<{ id: string }>(({ params }) => expectTypeOf(params.id).toEqualTypeOf<string>()),
    auth.freshRequired<{ id: string }>(({ params }) => expectTypeOf(params.id).toEqualTypeOf<string>()),
  );
  app.get(
    "/devices/:id",
    // Not named, a parameter may be missing: nothing says that the path has it.
    auth.required(({ params }) => expectTypeOf(params.id).toEqualTypeOf<string | undefined>()),
  );
  app.use("/devices", auth.middleware, auth.requireLogin);
  expect(app.router.stack.length).toBe(6);
});
