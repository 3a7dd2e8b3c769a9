import { setDefaultResultOrder } from "node:dns";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { NginxServer } from "@coatcheck/throwaway-servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { GatewayProcess } from "../support/gateway-process.ts";
import { runCommand } from "../support/run-command.ts";

setDefaultResultOrder("ipv4first");
const ada = { email: "ada@example.com", password: "counting analytical engines" };
const bob = { email: "bob@example.com", password: "umbrella violin tundra cactus" };

/** WebDAV for the files in the folder: PUT, DELETE, MKCOL, COPY and MOVE. */
let folder: string;
let service: NginxServer;
let gateway: GatewayProcess;
let admin: Client;
let user: Client;

const files = {
  "team/note.txt": "a note",
  "team/private/salaries.txt": "all salaries",
  "admin/rules.txt": "the rules",
  "open/leaflet.txt": "a leaflet",
};

/** Where any user may write, nginx's workers among them. */
async function makeFolder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "coatcheck-dav-"));
  await chmod(made, 0o777);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(made, name)), { recursive: true });
    await writeFile(join(made, name), text, { mode: 0o666 });
  }
  for (const each of ["team", "team/private", "admin", "open"]) await chmod(join(made, each), 0o777);
  return made;
}

beforeAll(async () => {
  folder = await makeFolder();
  service = await NginxServer.start((address) => ({
    "conf.d/dav.conf": `server {
      listen ${address};
      root ${folder};
      client_body_temp_path temporary;
      location / { dav_methods PUT DELETE MKCOL COPY MOVE; create_full_put_path on; }
    }`,
  }));
  const to = { upstream: `http://127.0.0.1:${service.port}` };
  gateway = await GatewayProcess.create({
    COATCHECK_ROUTES: JSON.stringify([
      { path: "/", access: "login", ...to },
      { path: "/open/", access: "public", ...to },
      { path: "/admin/", access: "role:admin", ...to },
      { path: "/team/private/", access: "role:admin", ...to },
    ]),
  });
  for (const { email, password } of [ada, bob]) await gateway.addUser(email, password);
  await runCommand(["users", "edit", ada.email, "--roles", "admin"], gateway.environment);
  await gateway.start();
  [admin, user] = [new Client(gateway.url), new Client(gateway.url)];
  await admin.login(ada.email, ada.password);
  await user.login(bob.email, bob.password);
});

afterAll(async () => {
  await gateway?.dispose();
  await service?.stop();
  await rm(folder, { recursive: true, force: true });
});

type Fields = Readonly<Record<string, string | string[]>>;

/** The status; by Node's own client, for `fetch` knows fewer methods. */
function send(method: string, path: string, headers: Fields = {}, client: Client | null = user): Promise<number> {
  const own: Fields = client === null ? {} : { cookie: client.cookieHeader };
  return new Promise((resolve, reject) => {
    const sent = request(gateway.url + path, { method, headers: { "x-csrf": "1", ...own, ...headers }, agent: false });
    sent.on("error", reject);
    sent.on("response", (response) => response.resume().on("end", () => resolve(response.statusCode ?? 0)));
    sent.end();
  });
}

const textOf = async (path: string) => (await admin.send("GET", path)).text();

describe("who may not open a path of a WebDAV service", () => {
  test.each(["/admin/rules.txt", "/ADMIN/rules.txt", "/index.php/admin/x", "/%61dmin/rules.txt", "admin/rules.txt"])(
    "does not write there by copying or moving to it: %s",
    async (path) => {
      for (const method of ["COPY", "MOVE"]) {
        const whole = path.startsWith("/") ? [`${gateway.url}${path}`, `http://elsewhere.example${path}`] : [];
        for (const destination of [path, ...whole]) {
          const status = await send(method, "/team/note.txt", { destination });
          expect([method, destination, status]).toEqual([method, destination, expect.toBeOneOf([400, 403])]);
        }
      }
      expect(await textOf("/admin/rules.txt")).toBe("the rules");
      expect(await textOf("/team/note.txt")).toBe("a note");
    },
  );

  test("does not read it in a copy of the folder that it is in", async () => {
    for (const method of ["COPY", "MOVE"]) {
      expect(await send(method, "/team/", { destination: `${gateway.url}/mine/` })).toBe(403);
    }
    expect(await textOf("/mine/private/salaries.txt")).not.toContain("salary");
  });

  test("does not delete, replace, list or lock it with the folder that it is in", async () => {
    expect(await send("DELETE", "/team/")).toBe(403);
    expect(await send("DELETE", "/team")).toBe(403);
    expect(await send("MOVE", "/open/", { destination: "/team/" })).toBe(403);
    for (const method of ["PROPFIND", "LOCK"]) {
      expect(await send(method, "/team/")).toBe(403);
      expect(await send(method, "/team/", { depth: "infinity" })).toBe(403);
      expect(await send(method, "/team/", { depth: ["1", "infinity"] })).toBe(403);
    }
    expect(await textOf("/team/private/salaries.txt")).toBe("all salaries");
  });

  test("does none of it without a session, by what is public", async () => {
    expect(await send("COPY", "/open/leaflet.txt", { destination: "/admin/rules.txt" }, null)).toBe(403);
    expect(await send("COPY", "/open/leaflet.txt", { destination: "/team/note.txt" }, null)).toBe(403);
    expect(await textOf("/admin/rules.txt")).toBe("the rules");
  });

  test.each(["X-Amz-Copy-Source", "X-Copy-From", "X-Ms-Copy-Source", "X-Amz-Rename-Source", "X-Symlink-Target"])(
    "does not have an object store copy from it, by %s",
    async (name) => {
      for (const source of ["/admin/rules.txt", "admin/rules.txt?versionId=1", "https://x.example/admin/rules.txt"]) {
        const status = await send("PUT", "/mine.txt", { [name]: source, "content-length": "0" });
        expect([source, status]).toEqual([source, 403]);
      }
    },
  );
});

test.each([
  "http:/admin/x",
  "//x/admin/x",
  "/team/../admin/x",
  "http://x\\admin/x",
  "<http://x/admin/x>",
  "/a /admin/x",
])("a destination that services read in several ways is refused: %s", async (destination) => {
  expect(await send("COPY", "/team/note.txt", { destination })).toBe(400);
});

test("several destinations are each looked at", async () => {
  expect(await send("COPY", "/team/note.txt", { destination: ["/mine.txt", "/admin/rules.txt"] })).toBe(403);
});

test("who may open all of it copies, moves and deletes, whatever client they use", async () => {
  expect(await send("MKCOL", "/bob/")).toBeOneOf([201, 204]);
  expect(await send("COPY", "/team/note.txt", { destination: `${gateway.url}/bob/a%20copy.txt` })).toBeOneOf([
    201, 204,
  ]);
  expect(await send("MOVE", "/bob/a%20copy.txt", { destination: "/bob/moved.txt", depth: "infinity" })).toBeOneOf([
    201, 204,
  ]);
  expect(await send("DELETE", "/bob/", { depth: "infinity" })).toBeOneOf([201, 204]);
  // nginx knows no lists: it is asked, and says so.
  expect(await send("PROPFIND", "/team/", { depth: "1" })).toBe(405);
  expect(await send("COPY", "/team/note.txt", { destination: "/admin/copy.txt" }, admin)).toBeOneOf([201, 204]);
  expect(await textOf("/admin/copy.txt")).toBe("a note");
  expect(await send("COPY", "/team/", { destination: "/all/" }, admin)).toBeOneOf([201, 204]);
  expect(await textOf("/all/private/salaries.txt")).toBe("all salaries");
});
