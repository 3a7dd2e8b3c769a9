import { createRequire } from "node:module";
import { runInNewContext } from "node:vm";
import esbuild from "esbuild";
import { beforeAll, describe, expect, test, vi } from "vitest";

/** What an application under Jest does: it runs in a context of its own, whose Error is not Node's. */
const APPLICATION = `
  import { SessionManager, SessionEventEmitter, CoatcheckError } from "coatcheck";
  import { MemorySessionStore } from "coatcheck/stores/memory";
  export async function logInWith(fail) {
    const store = new MemorySessionStore();
    const sessions = new SessionManager({ store });
    sessions.events.on("logged_in", fail);
    store.subscribe(fail);
    const login = await sessions.login(await sessions.begin("ada"));
    return [login.outcome, await sessions.revokeAll("ada")];
  }
  export const failures = {
    error: () => { throw new Error("a listener failed"); },
    text: () => { throw "a listener failed"; },
    nothing: () => { throw undefined; },
    unprintable: () => { throw Object.create(null); },
  };
  export const fault = new CoatcheckError("store_unavailable", "down");
`;

interface Application {
  logInWith(fail: () => unknown): Promise<readonly unknown[]>;
  readonly failures: Readonly<Record<string, () => never>>;
  readonly fault: unknown;
}

describe("an application in a realm of its own, as Jest makes one", () => {
  let application: Application;

  beforeAll(async () => {
    const { outputFiles } = await esbuild.build({
      stdin: { contents: APPLICATION, resolveDir: import.meta.dirname },
      bundle: true,
      write: false,
      platform: "node",
      format: "cjs",
      conditions: ["coatcheck-source"],
    });
    const module = { exports: {} as Application };
    runInNewContext(outputFiles[0]?.text ?? "", {
      module,
      exports: module.exports,
      require: createRequire(import.meta.url),
      process,
      Buffer,
      performance,
      setTimeout,
      clearTimeout,
      setInterval,
      clearInterval,
      setImmediate,
      URL,
      TextEncoder,
      queueMicrotask,
    });
    application = module.exports;
  });

  test.each(["error", "text", "nothing", "unprintable"])("logs in though its listeners fail by %s", async (kind) => {
    const warnings: Error[] = [];
    const hear = (warning: Error) => void warnings.push(warning);
    process.on("warning", hear);
    const fail = application.failures[kind];
    // Spread: an array of another realm is none of ours.
    expect([...(await application.logInWith(fail ?? (() => {})))]).toEqual(["logged_in", 1]);
    await vi.waitFor(() => expect(warnings.length).toBeGreaterThanOrEqual(2), { timeout: 15_000 });
    process.off("warning", hear);
    expect(warnings.every(({ name }) => name === "CoatcheckWarning")).toBe(true);
  });

  test("and does not end by a promise of Node's own that rejects", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const reject = () => Promise.reject(new Error("a listener failed later"));
    expect([...(await application.logInWith(reject))][0]).toBe("logged_in");
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  test("throws faults that another copy of the library knows as its own", async () => {
    const { CoatcheckError } = await import("coatcheck");
    expect(application.fault).toBeInstanceOf(CoatcheckError);
    expect(new Error("another")).not.toBeInstanceOf(CoatcheckError);
  });
});
