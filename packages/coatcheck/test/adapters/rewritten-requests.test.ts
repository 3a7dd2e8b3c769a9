import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { coatcheck } from "coatcheck/node";
import { expect, onTestFinished, test } from "vitest";

test("a router that shortens the URL of Node's request does not change the way back from the login view", async () => {
  const auth = coatcheck({ origin: "http://localhost:3000", findUser: () => null, loginView: "/login" });
  const orders = auth.required((_request, response) => response.end());
  const server = createServer(
    auth.handle((request, response) => {
      // As routers do with the path that they are mounted at, and method overrides with the method.
      request.url = request.url?.replace("/shop", "") ?? "";
      request.method = "DELETE";
      return orders(request, response);
    }),
  ).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  const page = { accept: "text/html", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
  const location = await new Promise((resolve) => {
    get(`http://127.0.0.1:${port}/shop/orders?page=2`, { headers: page }, (response) => {
      response.resume();
      resolve(response.headers.location);
    });
  });
  expect(location).toBe("/login?next=%2Fshop%2Forders%3Fpage%3D2");
  await auth.close();
});
