import { expect, test } from "vitest";
import { describeInChromium } from "../support/chromium.ts";
import { ada } from "../support/gateway.ts";
import { devices, notice, problem, Stage, signIn } from "../support/stage.ts";

describeInChromium("the sign-in page", () => {
  const stage = Stage.forSuite();

  test("a person signs in with the keyboard alone, and stays signed in on the device", async () => {
    const page = await stage.newVisitor();
    await page.goto("/auth/sign-in");
    await page.keyboard.press("Tab");
    await page.keyboard.type(ada.email);
    await page.keyboard.press("Tab");
    await page.keyboard.type(ada.password);
    await page.keyboard.press("Tab");
    await expect.poll(() => focusedText(page)).toBe("Show password");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    await page.keyboard.press("Tab");
    await expect.poll(() => focusedText(page)).toBe("Sign in");
    await page.keyboard.press("Enter");

    await page.waitForURL("/auth/account");
    await page.getByText(ada.email).waitFor();
    expect(await devices(page).allInnerTexts()).toEqual([expect.stringMatching(/This device\s+Kept signed in/)]);
  });

  test("a wrong password and an unknown email get one answer, and the password can be typed again at once", async () => {
    const page = await stage.newVisitor();
    await page.goto("/auth/sign-in");
    const answers: string[] = [];
    for (const email of [ada.email, "nobody@example.com"]) {
      await signIn(page, { email, password: "not the right password" });
      answers.push(await problem(page).innerText());
      expect(await page.evaluate("document.activeElement.id")).toBe("password");
      await page.reload();
    }
    expect(answers).toEqual(Array(2).fill("That email and password do not match. Check both, then try again."));
    expect(await page.context().cookies()).toEqual([]);

    await signIn(page, ada);
    await page.waitForURL("/auth/account");
  });

  test("too many attempts: the page counts down, and says when one may try again", async () => {
    const page = await stage.newVisitor();
    await page.goto("/auth/sign-in");
    const button = page.getByRole("button", { name: "Sign in" });
    // Each answer is awaited: the next attempt would otherwise be ignored.
    for (let attempt = 0; (await page.getByRole("timer").count()) === 0; attempt++) {
      expect(attempt).toBeLessThan(20);
      await page.getByLabel("Password", { exact: true }).fill("");
      const answered = page.waitForResponse("**/auth/login");
      await signIn(page, { email: ada.email, password: `guess ${attempt}` });
      await answered;
      await problem(page).waitFor();
    }
    expect(await problem(page).innerText()).toMatch(/^Too many attempts\. You can try again in \d+ seconds?\.$/);
    expect(await button.getAttribute("aria-disabled")).toBe("true");

    await notice(page).waitFor();
    expect(await notice(page).innerText()).toBe("You can try again now.");
    await signIn(page, ada);
    await page.waitForURL("/auth/account");
  });

  test("the password can be shown, and is hidden again before it is sent", async () => {
    const page = await stage.newVisitor();
    await page.goto("/auth/sign-in");
    const password = page.getByLabel("Password", { exact: true });
    await password.fill("not the right password");
    await page.getByRole("button", { name: "Show password" }).click();
    expect(await password.getAttribute("type")).toBe("text");

    await page.getByLabel("Email").fill(ada.email);
    await page.keyboard.press("Enter");
    await problem(page).waitFor();
    expect(await password.getAttribute("type")).toBe("password");
    await page.getByRole("button", { name: "Show password" }).waitFor();
  });

  test("password managers find the fields they know", async () => {
    const page = await stage.newVisitor();
    await page.goto("/auth/sign-in");
    expect(await page.getByLabel("Email").getAttribute("autocomplete")).toBe("username");
    expect(await page.getByLabel("Password", { exact: true }).getAttribute("autocomplete")).toBe("current-password");
  });

  function focusedText(page: { evaluate(expression: string): Promise<unknown> }) {
    return page.evaluate("document.activeElement.textContent");
  }
});
