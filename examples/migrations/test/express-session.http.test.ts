import { afterEach, describe, expect, test } from "vitest";
import { startAfter } from "../src/express-session/after.ts";
import { startBefore } from "../src/express-session/before.ts";
import type { RunningApplication } from "../src/shared/running-application.ts";
import { Browser } from "./support/browser.ts";
import { Gate } from "./support/gate.ts";

const ada = { email: "ada@example.com", password: "counting analytical engines" };
const gate = new Gate();
let shop: RunningApplication;

afterEach(() => shop.close());

async function open(start: typeof startBefore): Promise<Browser> {
  shop = await start({
    async priceOf() {
      await gate.pass();
      return 3;
    },
  });
  return new Browser(shop.url);
}

async function logIn(browser: Browser): Promise<void> {
  expect((await browser.post("/login", ada)).status).toBe(200);
}

/** A request fills the cart and is not done yet, when its user logs out. Then it is answered. */
async function logOutMeanwhile(laptop: Browser): Promise<{ readonly copy: Browser; readonly answer: Response }> {
  const copy = laptop.copy();
  const arrived = gate.close();
  const filling = laptop.post("/cart", { item: "umbrella" });
  await arrived;
  expect((await laptop.post("/logout")).status).toBe(204);
  for (const browser of [laptop, copy]) expect((await browser.get("/me")).status).toBe(401);
  gate.open();
  return { copy, answer: await filling };
}

describe.each([
  ["before", startBefore],
  ["after", startAfter],
])("the shop, %s", (_when, start) => {
  test("logs in with the same password, knows who is there, keeps a cart, logs out", async () => {
    const browser = await open(start);
    expect((await browser.get("/me")).status).toBe(401);
    expect((await browser.post("/login", { ...ada, password: "wrong" })).status).toBe(401);
    expect((await browser.post("/login", { ...ada, email: "nobody@example.com" })).status).toBe(401);
    await logIn(browser);
    expect(await (await browser.get("/me")).json()).toEqual({ id: "1", email: "ada@example.com" });

    await browser.post("/cart", { item: "umbrella" });
    await browser.post("/cart", { item: "hat" });
    const cart = [
      { item: "umbrella", price: 3 },
      { item: "hat", price: 3 },
    ];
    expect(await (await browser.get("/cart")).json()).toEqual(cart);

    expect((await browser.post("/logout")).status).toBe(204);
    expect((await browser.get("/me")).status).toBe(401);
  });
});

describe("a logout while a request of the same session is answered", () => {
  test("before: what the request saves logs each holder of the cookie in again", async () => {
    const laptop = await open(startBefore);
    await logIn(laptop);
    const { copy, answer } = await logOutMeanwhile(laptop);
    expect(answer.status).toBe(200);
    // The browser of the one who logged out is among them: the answer gave it the old cookie back.
    for (const browser of [laptop, copy]) expect((await browser.get("/me")).status).toBe(200);
  });

  test("after: the request is told that its session has ended, and nothing comes back", async () => {
    const laptop = await open(startAfter);
    await logIn(laptop);
    const { copy, answer } = await logOutMeanwhile(laptop);
    expect(answer.status).toBe(401);
    for (const browser of [laptop, copy]) expect((await browser.get("/me")).status).toBe(401);
  });
});

test("after: users see their devices, and sign one out from the other", async () => {
  const laptop = await open(startAfter);
  const phone = new Browser(shop.url);
  for (const browser of [laptop, phone]) await logIn(browser);
  const devices = (await (await laptop.get("/devices")).json()) as { id: string; current: boolean }[];
  expect(devices).toHaveLength(2);
  const other = devices.find(({ current }) => !current)?.id;
  const ending = () => laptop.fetch(`${shop.url}/devices/${other}`, { method: "DELETE" });
  expect((await ending()).status).toBe(204);
  expect((await ending()).status).toBe(404);
  expect([(await laptop.get("/me")).status, (await phone.get("/me")).status]).toEqual([200, 401]);
});
