import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { coatcheck as coatcheckExpress } from "coatcheck/express";
import { coatcheck as coatcheckNode } from "coatcheck/node";
import express, { type RequestHandler } from "express";
import { describe, expect, onTestFinished, test } from "vitest";
import { Browser } from "./contract/browser.ts";
import { type ContractOptions, contractParts } from "./contract/contract-application.ts";

/** What a browser says of a script of our own page: its answers take a new secret. */
const AS_A_SCRIPT = { "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" };
const DAY = 86_400;

/** A browser whose remembered login is due for a new secret, and `reply`, which answers it once it was recognised. */
async function served(applicationOf: (options: ContractOptions) => RequestListener) {
  const { clock, options } = contractParts();
  const server = createServer(applicationOf(options));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const browser = new Browser(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await browser.send("POST", "/login");
  clock.advanceSeconds(DAY);
  return browser;
}

function expressWith(reply: RequestHandler, ...middleware: readonly RequestHandler[]) {
  return (options: ContractOptions) => {
    const auth = coatcheckExpress(options);
    const app = express()
      .set("env", "test")
      .use(auth.middleware, ...middleware);
    app.post("/login", async (request, response) => {
      await auth.login(request, "ada", () => true, { remember: true });
      response.end();
    });
    return app.get("/", auth.requireLogin, reply);
  };
}

function nodeWith(reply: RequestListener) {
  return (options: ContractOptions) => {
    const auth = coatcheckNode({ ...options, onError: () => {} });
    return auth.handle(async (request, response) => {
      const session = auth.of(request);
      if (request.method === "POST") await session.login("ada", () => true, { remember: true });
      else await session.load();
      return request.method === "POST" ? response.end() : reply(request, response);
    });
  };
}

/** Does to a response what compression does: its own `write` and `end`, and the headers first. */
const shout: RequestHandler = (_request, response, next) => {
  const { write, end } = response;
  const encode = (chunk: unknown) => {
    // There it is looked for, and not in headersSent.
    if (!Reflect.get(response, "_header")) response.writeHead(response.statusCode);
    return String(chunk ?? "").toUpperCase();
  };
  response.write = ((chunk: unknown) => write.call(response, encode(chunk), "utf8")) as typeof write;
  response.end = ((chunk: unknown) => end.call(response, encode(chunk), "utf8")) as typeof end;
  next();
};

test("a response that an earlier `end` of Node's sends does not wait, and is whole", async () => {
  const browser = await served((options) => {
    const auth = coatcheckNode({ ...options, onError: () => {} });
    return auth.handle(async (request, response) => {
      const session = auth.of(request);
      if (request.method === "POST") {
        await session.login("ada", () => true, { remember: true });
        return response.end();
      }
      const { end } = response;
      await session.load();
      return end.call(response, "whole", "utf8");
    });
  });
  const answer = await browser.send("GET", "/", AS_A_SCRIPT);
  expect([answer.status, await answer.text()]).toEqual([200, "whole"]);
  expect(answer.headers.get("cache-control")).toBe("private, no-cache");
  expect(answer.headers.getSetCookie()).toEqual([]);
  // The next one carries the new secret.
  expect((await browser.send("GET", "/", AS_A_SCRIPT)).status).toBe(200);
});

describe("a response that waits for a new secret", () => {
  test("has left, to the application: a second answer changes nothing of the first", async () => {
    let thrown: unknown = null;
    const browser = await served(
      expressWith((_request, response) => {
        response.json({ first: "of two answers" });
        try {
          response.json({});
        } catch (error) {
          thrown = error;
        }
      }),
    );
    const answer = await browser.send("GET", "/", AS_A_SCRIPT);
    expect(await answer.json()).toEqual({ first: "of two answers" });
    expect(answer.headers.get("content-length")).toBe('{"first":"of two answers"}'.length.toString());
    expect(answer.headers.getSetCookie()).toHaveLength(1);
    expect(thrown).toMatchObject({ code: "ERR_HTTP_HEADERS_SENT" });
  });

  test("keeps its status, and refuses another head where it can be caught", async () => {
    let thrown: unknown = null;
    const browser = await served(
      nodeWith((_request, response) => {
        response.write("one");
        response.statusCode = 500;
        try {
          response.writeHead(201, { "x-late": "1" });
        } catch (error) {
          thrown = error;
        }
        response.end("two");
      }),
    );
    const answer = await browser.send("GET", "/", AS_A_SCRIPT);
    expect([answer.status, answer.headers.get("x-late"), await answer.text()]).toEqual([200, null, "onetwo"]);
    expect(thrown).toMatchObject({ code: "ERR_HTTP_HEADERS_SENT" });
  });

  const fails: RequestListener = (_request, response) => {
    response.write("one");
    throw new Error("as it was told");
  };
  test.each([
    ["Express", expressWith(fails as RequestHandler)],
    ["Node", nodeWith(fails)],
  ])("is cut off when its handler fails, in %s, as it would be without waiting", async (_name, applicationOf) => {
    const browser = await served(applicationOf);
    await expect(browser.send("GET", "/", AS_A_SCRIPT)).rejects.toMatchObject({ code: "ECONNRESET" });
  });

  test("is cut off, and nothing else, by what only the socket finds wrong with it", async () => {
    const browser = await served(
      nodeWith((_request, response) => {
        response.write("one");
        response.write(1 as never);
      }),
    );
    await expect(browser.send("GET", "/", AS_A_SCRIPT)).rejects.toThrow();
    expect((await browser.send("POST", "/login")).status).toBe(200);
  });
});

describe("middleware that came later", () => {
  test.each(["at once", "after it waited"])("stays in a response that leaves %s", async (when) => {
    const browser = await served(
      expressWith((_request, response) => {
        response.write("one");
        setImmediate(() => {
          response.write("two");
          response.end("three");
        });
      }, shout),
    );
    if (when === "at once") await browser.send("POST", "/login");
    const answer = await browser.send("GET", "/", AS_A_SCRIPT);
    expect(await answer.text()).toBe("ONETWOTHREE");
    expect(answer.headers.getSetCookie()).toHaveLength(when === "at once" ? 0 : 1);
  });
});

test("headers may come third, with no message before them", async () => {
  const reply: RequestListener = (_request, response) => {
    Reflect.apply(response.writeHead, response, [201, undefined, { "x-kind": "third" }]).end();
  };
  const answer = await (await served(nodeWith(reply))).send("GET", "/");
  expect([answer.status, answer.headers.get("x-kind")]).toEqual([201, "third"]);
});
