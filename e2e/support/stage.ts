import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { launchChromium } from "./chromium.ts";
import { type Account, Gateway, type GatewayOptions } from "./gateway.ts";

export interface StageOptions extends GatewayOptions {
  /** One gateway for all tests of the suite, none of which minds sessions and failed logins that another left behind. */
  readonly servesAllTests?: boolean;
}

/**
 * A new gateway for every test, so that none sees the sessions or failed logins of another, and one browser for all.
 * Every visitor is a browser context of its own, with its own cookies.
 */
export class Stage {
  #gateway: Gateway | null = null;
  #browser: Browser | null = null;
  #contexts: BrowserContext[] = [];

  /** Sets it up around the tests of the suite that is being described. */
  static forSuite(options: StageOptions = {}): Stage {
    const stage = new Stage();
    const [beforeGateway, afterGateway] = options.servesAllTests ? [beforeAll, afterAll] : [beforeEach, afterEach];
    beforeAll(async () => {
      stage.#browser = await launchChromium(options);
    });
    beforeGateway(async () => {
      stage.#gateway = await Gateway.start(options);
    });
    afterGateway(async () => {
      await stage.#gateway?.stop();
      stage.#gateway = null;
    });
    // Hooks that follow a test run in the reverse order: pages are closed before their gateway is.
    afterEach(async () => {
      await Promise.all(stage.#contexts.map((context) => context.close()));
      stage.#contexts = [];
    });
    afterAll(async () => {
      await stage.#browser?.close();
    });
    return stage;
  }

  get url(): string {
    return this.#running.url;
  }

  get libraryUrl(): string {
    return this.#running.libraryUrl;
  }

  get #running(): Gateway {
    if (this.#gateway === null) throw new Error("The gateway runs only during tests.");
    return this.#gateway;
  }

  /** A new browser with no cookies, on an empty page. */
  async newVisitor(options: BrowserContextOptions = {}): Promise<Page> {
    if (this.#browser === null) throw new Error("The browser runs only during tests.");
    const context = await this.#browser.newContext({ baseURL: this.url, ...options });
    context.setDefaultTimeout(15_000);
    this.#contexts.push(context);
    return context.newPage();
  }

  /** A new browser that is signed in and shows its account. */
  async newSignedIn(account: Account, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await this.newVisitor(options);
    await page.goto("/auth/sign-in");
    await signIn(page, account);
    await devices(page).first().waitFor();
    return page;
  }
}

export async function signIn(page: Page, { email, password }: Account): Promise<void> {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** The rows of the list of devices, this one first. */
export function devices(page: Page) {
  return page.getByRole("region", { name: "Your devices" }).getByRole("listitem");
}

/** What a page says went wrong. */
export function problem(page: Page) {
  return page.getByRole("alert").filter({ hasText: /./ });
}

/** What a page says was done. */
export function notice(page: Page) {
  return page.getByRole("status").filter({ hasText: /./ });
}
