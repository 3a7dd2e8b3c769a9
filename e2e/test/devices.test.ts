import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { describeInChromium } from "../support/chromium.ts";
import { ada, grace } from "../support/gateway.ts";
import { devices, notice, Stage } from "../support/stage.ts";

const PHONE = { userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1" };
const WINDOWS = { userAgent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0" };

describeInChromium("the devices of an account", () => {
  const stage = Stage.forSuite();

  test("signing a device out from another one ends it on its next request", async () => {
    const laptop = await stage.newSignedIn(ada);
    const phone = await stage.newSignedIn(ada, PHONE);
    await laptop.reload();
    await signOutButton(laptop, "Safari on iPhone").click();
    await notice(laptop).waitFor();
    expect(await notice(laptop).innerText()).toBe("Safari on iPhone is now signed out.");
    expect(await devices(laptop).count()).toBe(1);

    // The phone still shows its list; the first thing it asks for tells it.
    await phone.getByRole("button", { name: "Sign out everywhere else" }).click();
    await phone.getByRole("button", { name: "Sign out the others" }).click();
    await phone.waitForURL(/\/auth\/sign-in\?next=%2Fauth%2Faccount$/);
    await laptop.reload();
    await devices(laptop).first().waitFor();
    expect(new URL(laptop.url()).pathname).toBe("/auth/account");
  });

  test("signing out everywhere else asks first, and leaves this device and other people alone", async () => {
    const here = await stage.newSignedIn(ada);
    const others = [await stage.newSignedIn(ada, PHONE), await stage.newSignedIn(ada, WINDOWS)];
    const somebodyElse = await stage.newSignedIn(grace);
    await here.reload();
    const everywhere = here.getByRole("button", { name: "Sign out everywhere else" });

    await everywhere.click();
    await here.getByRole("button", { name: "Cancel" }).click();
    await expect.poll(() => here.evaluate("document.activeElement.textContent")).toBe("Sign out everywhere else");
    expect(await devices(here).count()).toBe(3);

    await everywhere.click();
    await here.getByRole("button", { name: "Sign out the others" }).click();
    await notice(here).waitFor();
    expect(await notice(here).innerText()).toBe("2 other devices are now signed out.");
    await here.getByText("No other devices are signed in.").waitFor();
    expect(await everywhere.isVisible()).toBe(false);
    await expect.poll(() => here.evaluate("document.activeElement.textContent")).toBe("Your devices");

    expect(await Promise.all([here, ...others, somebodyElse].map(pathAfterReload))).toEqual([
      "/auth/account",
      "/auth/sign-in",
      "/auth/sign-in",
      "/auth/account",
    ]);
  });

  test("the list says which device is which, and since when", async () => {
    await stage.newSignedIn(ada, PHONE);
    const page = await stage.newSignedIn(ada, WINDOWS);
    const [here, phone] = await devices(page).all();
    expect(await here?.innerText()).toMatch(/^Firefox on Windows\s+This device\s+Last seen just now/);
    expect(await phone?.innerText()).toMatch(/^Safari on iPhone\s+Last seen just now/);
    expect(await phone?.innerText()).toMatch(/127\.0\.0\.1|::1/);

    const time = page.locator("time").first();
    expect(Date.parse((await time.getAttribute("datetime")) ?? "")).toBeGreaterThan(Date.now() - 60_000);
    expect(await time.getAttribute("title")).toMatch(/^\w+ \d+, 20\d\d at /);
  });

  test("with the keyboard, the focus stays by the list, but not on the next device's button", async () => {
    await stage.newSignedIn(ada, PHONE);
    await stage.newSignedIn(ada, WINDOWS);
    const page = await stage.newSignedIn(ada);
    await signOutButton(page, "Firefox on Windows").focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => page.evaluate("document.activeElement.textContent")).toBe("Your devices");
    await page.keyboard.press("Enter");
    expect(await devices(page).count()).toBe(2);
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Sign out Safari on iPhone");
  });

  test("a device that is gone already is taken off the list without fuss", async () => {
    const phone = await stage.newSignedIn(ada, PHONE);
    const page = await stage.newSignedIn(ada);
    await phone.getByRole("button", { name: "Sign out", exact: true }).click();
    await phone.waitForURL(/\/auth\/sign-in/);
    await signOutButton(page, "Safari on iPhone").click();
    await notice(page).waitFor();
    expect(await notice(page).innerText()).toBe("Safari on iPhone was already signed out.");
  });

  test("signing out here leads to the sign-in page, and Back does not show the account again", async () => {
    const page = await stage.newSignedIn(ada);
    await page.goto("/auth/account?again");
    await devices(page).first().waitFor();
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByText("You are signed out on this device.").waitFor();
    expect(await page.context().cookies()).not.toContainEqual(expect.objectContaining({ name: sessionCookieName() }));
    await page.goBack();
    await page.waitForURL(/\/auth\/sign-in\?next/);
  });

  function signOutButton(page: Page, device: string) {
    return page.getByRole("button", { name: `Sign out ${device}` });
  }

  async function pathAfterReload(page: Page): Promise<string> {
    await page.reload();
    return new URL(page.url()).pathname;
  }

  function sessionCookieName(): string {
    return `coatcheck-${new URL(stage.url).port}`;
  }
});
