import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { ResponseRelay, type ResponseRelayParts } from "../../../src/proxy/upstream/response-relay.ts";

/** What an HTTP client hands to the relay, and what the relay did with it. */
class FakeController {
  aborted = false;
  paused = false;
  reason: Error | null = null;
  readonly rawHeaders = ["content-type", "text/plain"];
  readonly rawTrailers = null;

  abort(reason: Error): void {
    this.aborted = true;
    this.reason = reason;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }
}

/** A relay for one request that a real server received, and what is answered. */
async function relayed(parts: Partial<ResponseRelayParts> = {}) {
  const begun: (string | null)[] = [];
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const asked = once(server, "request");
  const answer = fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  // Some are left without one.
  answer.catch(() => {});
  const [, response] = (await asked) as [unknown, ServerResponse];
  const relay = new ResponseRelay({
    response,
    silenceMilliseconds: 60_000,
    hasUpload: false,
    admits: () => true,
    headersFor: ({ rawHeaders }) => rawHeaders,
    onBegun: (failure) => begun.push(failure),
    ...parts,
  });
  return { relay, response, answer, begun, controller: new FakeController() };
}

test("a request whose session ended before it was sent is not sent, though it was answered long ago", async () => {
  const { relay, response, answer, begun, controller } = await relayed();
  relay.endWithSession();
  response.writeHead(401).end();
  expect((await answer).status).toBe(401);
  await expect.poll(() => response.writableFinished).toBe(true);
  relay.onRequestStart(controller);
  expect([begun, controller.aborted]).toEqual([["session_ended"], true]);
});

test("one that ends while it is being answered is cut off, and its upstream's answer ended", async () => {
  const { relay, answer, begun, controller } = await relayed();
  relay.onRequestStart(controller);
  relay.onResponseStart(controller, 200, {});
  relay.onResponseData(controller, Buffer.from("beginning"));
  const response = await answer;
  relay.endWithSession();
  await expect(response.text()).rejects.toThrow();
  expect([begun, controller.aborted]).toEqual([[null], true]);
});

test("headers that come too late for the session are not sent", async () => {
  let resolve = (_headers: readonly string[]) => {};
  const late = new Promise<readonly string[]>((set) => {
    resolve = set;
  });
  const { relay, response, begun, controller } = await relayed({ headersFor: () => late });
  relay.onRequestStart(controller);
  relay.onResponseStart(controller, 200, {});
  relay.endWithSession();
  resolve(["x-secret", "1"]);
  await nextTurn();
  expect([begun, response.headersSent, controller.aborted]).toEqual([["session_ended"], false, true]);
});

test("late headers that cannot be sent end the request, and nothing else", async () => {
  const { relay, begun, controller } = await relayed({ headersFor: async () => ["x", "a\u0001b"] });
  relay.onRequestStart(controller);
  relay.onResponseStart(controller, 200, {});
  await nextTurn();
  expect(controller.reason).toMatchObject({ code: "ERR_INVALID_CHAR" });
  relay.onResponseError(controller, controller.reason as Error);
  expect(begun).toEqual(["upstream_unreachable"]);
});

describe("an answer that stands still", () => {
  const SILENCE = 200;

  /** An answer of which so much was sent. */
  async function begun(bytes: number, hasUpload = true) {
    const parts = await relayed({ silenceMilliseconds: SILENCE, hasUpload });
    const { relay, controller } = parts;
    relay.onRequestStart(controller);
    relay.onResponseStart(controller, 200, {});
    relay.onResponseData(controller, Buffer.alloc(bytes));
    return { ...parts, got: await parts.answer };
  }

  test("because its service sends nothing more, is cut off", async () => {
    const { got, controller } = await begun(10);
    await expect(got.text()).rejects.toThrow();
    await expect.poll(() => controller.aborted).toBe(true);
  });

  test.each([true, false])(
    "because no client reads it, is cut off, whether something is sent for it or not: %s",
    async (hasUpload) => {
      const { controller, response } = await begun(20_000_000, hasUpload);
      await expect.poll(() => response.destroyed).toBe(true);
      await expect.poll(() => controller.aborted).toBe(true);
    },
  );

  test("goes on while something comes, or is still being sent for it", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const { relay, got, controller } = await begun(1);
    for (let time = 0; time < 10; time++) {
      vi.advanceTimersByTime(SILENCE - 1);
      if (time % 2 === 0) relay.progressed();
      else relay.onResponseData(controller, Buffer.alloc(1));
    }
    vi.advanceTimersByTime(SILENCE - 1);
    relay.onResponseEnd();
    expect((await got.arrayBuffer()).byteLength).toBe(6);
  });
});
