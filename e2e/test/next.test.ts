import { expect, test } from "vitest";
import { describeInChromium } from "../support/chromium.ts";
import { ada } from "../support/gateway.ts";
import { Stage, signIn } from "../support/stage.ts";

describeInChromium("the page after signing in", () => {
  const stage = Stage.forSuite({ servesAllTests: true });

  test("who opens the account page signed out comes back to it", async () => {
    const page = await stage.newVisitor();
    await page.goto("/auth/account");
    expect(new URL(page.url()).pathname).toBe("/auth/sign-in");
    await signIn(page, ada);
    await page.waitForURL("/auth/account");
  });

  test("a path of this origin is followed, with its query and fragment", async () => {
    const page = await stage.newVisitor();
    await page.goto(signInPath("/auth/account?from=link#devices"));
    await signIn(page, ada);
    await page.waitForURL("/auth/account?from=link#devices");
  });

  test.each(["/auth/account#devices", "/auth/confirm?next=/auth/account#devices"])(
    "who followed a link to a part of a page gets there: %s",
    async (link) => {
      const page = await stage.newVisitor();
      await page.goto(link);
      expect(new URL(page.url()).pathname).toBe("/auth/sign-in");
      await signIn(page, ada);
      await page.waitForURL("/auth/account#devices");
    },
  );

  test.each([
    "//elsewhere.invalid/",
    "https://elsewhere.invalid/",
    "/\\elsewhere.invalid/",
    "/\t/elsewhere.invalid/",
    "/.//elsewhere.invalid/",
    "http:elsewhere.invalid",
    "javascript:document.title='taken'",
    "data:text/html,taken",
  ])("next=%j leads to the account page, whether one has to sign in or is signed in already", async (next) => {
    const page = await stage.newVisitor();
    const visited: string[] = [];
    page.on("framenavigated", (frame) => visited.push(frame.url()));

    await page.goto(signInPath(next));
    await signIn(page, ada);
    await page.waitForURL("/auth/account");
    await page.goto(signInPath(next));
    await page.waitForURL("/auth/account");

    expect(visited.filter((url) => !url.startsWith(`${stage.url}/`))).toEqual([]);
    expect(await page.title()).toBe("Your account · coatcheck");
  });

  function signInPath(next: string): string {
    return `/auth/sign-in?${new URLSearchParams({ next })}`;
  }
});
