import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Client } from "../../support/client.ts";
import type { GatewayProcess } from "../../support/gateway-process.ts";
import type { CreateGateway } from "./create-gateway.ts";

const ada = { email: "ada@example.com", password: "counting analytical engines" };
const grace = { email: "grace@example.com", password: "nanoseconds by the yard" };

export function throttlingSuite(create: CreateGateway): void {
  describe("login throttling", () => {
    let gateway: GatewayProcess;

    beforeEach(async () => {
      gateway = await create();
      await gateway.addUser(ada.email, ada.password);
      await gateway.addUser(grace.email, grace.password);
      await gateway.start();
    });

    afterEach(() => gateway.dispose());

    /** Guesses until it is told to wait; returns the refusal. */
    async function guessUntilThrottled(email: string): Promise<Response> {
      for (let guess = 0; guess < 50; guess++) {
        const answer = await new Client(gateway.url).login(email, `guess number ${guess}`);
        if (answer.status !== 401) return answer;
      }
      throw new Error("Fifty guesses were checked.");
    }

    /** A browser in which the user has logged in before, and out again. */
    async function knownDevice(user: typeof ada): Promise<Client> {
      const client = new Client(gateway.url);
      expect((await client.login(user.email, user.password)).status).toBe(200);
      expect((await client.send("POST", "/auth/logout")).status).toBe(204);
      return client;
    }

    test("guessing is throttled, and the owner gets in from a known device all the same", async () => {
      const device = await knownDevice(ada);
      const refused = await guessUntilThrottled(ada.email);
      expect(refused.status).toBe(429);
      expect(await refused.json()).toMatchObject({ code: "too_many_attempts" });
      expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);

      // From the guesser's own address, with the right password, but from an unknown device: not checked at all.
      expect((await new Client(gateway.url).login(ada.email, ada.password)).status).toBe(429);
      expect((await device.login(ada.email, ada.password)).status).toBe(200);
    });

    test("guessing one account does not throttle another", async () => {
      await guessUntilThrottled(ada.email);
      expect((await new Client(gateway.url).login(grace.email, grace.password)).status).toBe(200);
    });

    test("an address without an account is throttled just the same", async () => {
      // Read at once: Node's fetch lets go of a body that is left for later.
      const answerTo = async (email: string) => {
        const refusal = await guessUntilThrottled(email);
        return [refusal.status, await refusal.text()];
      };
      const known = await answerTo(ada.email);
      expect(await answerTo("nobody@example.com")).toEqual(known);
    });

    test("the spelling of the address makes no new count", async () => {
      await guessUntilThrottled(ada.email);
      for (const spelling of ["ADA@example.com", " ada@example.com ", "ada@EXAMPLE.com"]) {
        expect((await new Client(gateway.url).login(spelling, "one more guess")).status).toBe(429);
      }
    });

    test("a forged X-Forwarded-For makes no new address", async () => {
      await guessUntilThrottled(ada.email);
      const answer = await new Client(gateway.url).send(
        "POST",
        "/auth/login",
        { email: ada.email, password: "one more guess" },
        { "x-forwarded-for": "203.0.113.7" },
      );
      expect(answer.status).toBe(429);
    });

    test("a forged device cookie is a stranger's", async () => {
      await guessUntilThrottled(ada.email);
      const forger = new Client(gateway.url);
      forger.cookies.set(`coatcheck-device-${new URL(gateway.url).port}`, "A".repeat(43));
      expect((await forger.login(ada.email, ada.password)).status).toBe(429);
    });

    test("guesses sent at once are no more than guesses sent in turn", async () => {
      const answers = await Promise.all(
        Array.from({ length: 60 }, (_, guess) => new Client(gateway.url).login(ada.email, `guess number ${guess}`)),
      );
      const checked = answers.filter((answer) => answer.status === 401);
      expect(checked.length).toBeGreaterThan(0);
      expect(checked.length).toBeLessThanOrEqual(6);
    });

    test("right logins sent at once all succeed, and each is listed", async () => {
      const laptop = new Client(gateway.url);
      const others = Array.from({ length: 19 }, () => new Client(gateway.url));
      const answers = await Promise.all([laptop, ...others].map((client) => client.login(ada.email, ada.password)));
      expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
      const list = await laptop.send("GET", "/auth/sessions");
      expect(await list.json()).toMatchObject({ sessions: { length: 20 } });
    });

    test("a storm of logins leaves the rest of the gateway responsive", async () => {
      const device = await knownDevice(ada);
      const storm = Array.from({ length: 300 }, (_, index) =>
        new Client(gateway.url).login(`user-${index}@example.com`, "whatever it is"),
      );
      expect((await device.send("GET", "/auth/heartbeat")).status).toBe(200);
      const statuses = new Set((await Promise.all(storm)).map((answer) => answer.status));
      for (const status of statuses) expect([401, 429, 503]).toContain(status);
      expect((await device.login(ada.email, ada.password)).status).toBe(200);
    });
  });
}
