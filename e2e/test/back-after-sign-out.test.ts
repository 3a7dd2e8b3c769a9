import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeInChromium } from "../support/chromium.ts";
import { ada } from "../support/gateway.ts";
import { devices, Stage, signIn } from "../support/stage.ts";

describeInChromium("Back after signing out", () => {
  let service: Server;
  beforeAll(async () => {
    service = createServer((request, response) => {
      const isLong = request.url === "/app/long";
      response.writeHead(200, {
        "content-type": "text/html",
        ...(isLong && { "cache-control": "private, max-age=600" }),
      });
      response.end("<!doctype html><title>Salaries</title><h1>Salaries</h1><a href=/auth/account>Account</a>");
    });
    await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => void service.close());
  const upstream = () => `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  const routes = () => [{ path: "/app/", upstream: upstream(), access: "login" }];
  const stage = Stage.forSuite({ routes, keepsPages: true });

  /** Signs out on the account page, and goes back from where that leads. */
  async function backAfterSignOut(page: Page): Promise<void> {
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByText("You are signed out on this device.").waitFor();
    await page.goBack({ waitUntil: "commit" });
    await page.waitForLoadState();
  }

  test("a service's private page is not shown to the next person at the computer", async () => {
    const page = await stage.newVisitor();
    await page.goto("/app/");
    await signIn(page, ada);
    await page.waitForURL("/app/");
    await page.getByRole("link", { name: "Account" }).click();
    await devices(page).first().waitFor();
    await backAfterSignOut(page);
    await page.waitForURL(/\/auth\/sign-in\?next=/);
    expect(await page.getByText("Salaries").count()).toBe(0);
  });

  test("what a service says may be kept is kept", async () => {
    const page = await stage.newSignedIn(ada);
    await page.goto("/app/long");
    expect((await page.goto("/app/long"))?.headers()["cache-control"]).toBe("private, max-age=600");
  });
});
