import { createRequire } from "node:module";
import { runInThisContext } from "node:vm";
import esbuild from "esbuild";
import { beforeAll, describe, expect, test } from "vitest";

/** What a module of the application makes, each time that Next.js evaluates it: the sessions alone once per process. */
const MODULE = `
  import { oncePerProcess, SessionManager } from "coatcheck";
  import { LoginManager, RequestGuard } from "coatcheck/adapter";
  import { MemorySessionStore } from "coatcheck/stores/memory";
  const sessions = oncePerProcess("two-copies", () => new SessionManager({ store: new MemorySessionStore() }));
  const guard = new RequestGuard({ sessions, origin: "https://shop.example" });
  const logins = new LoginManager({ guard, findUser: (id) => ({ id }) });
  export const admit = (fields) => logins.admit({ method: "POST", url: "/", headers: new Headers(fields) });
`;

interface Module {
  admit(fields: Readonly<Record<string, string>>): import("coatcheck").AuthSession<{ readonly id: string }>;
}

describe("a module that is evaluated twice, each time with a copy of the library, over the same sessions", () => {
  let modules: readonly Module[];

  beforeAll(async () => {
    const { outputFiles } = await esbuild.build({
      stdin: { contents: MODULE, resolveDir: import.meta.dirname },
      bundle: true,
      write: false,
      platform: "node",
      format: "cjs",
    });
    const text = `(function (module, exports, require) { ${outputFiles[0]?.text} })`;
    const load = (): Module => {
      const module = { exports: {} };
      runInThisContext(text)(module, module.exports, createRequire(import.meta.url));
      return module.exports as Module;
    };
    modules = [load(), load()];
  });

  test("logs people in, and makes forms for them, in both", async () => {
    for (const { admit } of modules) {
      const auth = admit({});
      expect(await auth.login("ada", () => true)).toMatchObject({ ok: true });
      const edits = await auth.finish({ status: 200, headers: new Headers() });
      const cookie = edits.find(({ name }) => name === "set-cookie")?.value.split(";")[0] ?? "";
      for (const other of modules) {
        const next = other.admit({ cookie });
        expect((await next.load()).user).toEqual({ id: "ada" });
        const token = await next.csrfToken();
        expect(await next.isCsrfTokenValid(String(token))).toBe(true);
      }
    }
  });
});
