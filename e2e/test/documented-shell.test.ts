import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Gateway } from "../support/gateway.ts";

const PAGE = new URL("../../docs/gateway.md", import.meta.url);
let gateway: Gateway;
let folder: string;

beforeEach(async () => {
  gateway = await Gateway.start();
  folder = await mkdtemp(join(tmpdir(), "coatcheck-shell-"));
});

afterEach(async () => {
  await gateway.stop();
  await rm(folder, { recursive: true, force: true });
});

test("the commands of docs/gateway.md sign in, get a pass and sign out at the demo", async () => {
  const section = /^## Try it from a shell$(.*?)^## /ms.exec(await readFile(PAGE, "utf8"))?.[1] ?? "";
  const commands = /^```\n(.*?)^```$/ms.exec(section)?.[1] ?? "";
  expect(commands).toContain("http://localhost:8080/");
  const script = commands.replaceAll("http://localhost:8080", gateway.url);
  const { stdout } = await promisify(execFile)("bash", ["-e", "-c", script], { cwd: folder });
  const [login, me, devices, songs, pass, logout, afterLogout, lastStatus] = stdout.trimEnd().split("\n");
  expect(JSON.parse(login ?? "")).toMatchObject({ user: { name: "Ada Lovelace" } });
  expect(JSON.parse(me ?? "")).toMatchObject({ user: { name: "Ada Lovelace" } });
  expect(JSON.parse(devices ?? "").sessions).toHaveLength(1);
  expect(songs).toContain("/songs/last-tram.wav");
  expect(JSON.parse(pass ?? "").url).toContain("/songs/last-tram.wav?token=");
  expect(logout).toBe("204");
  expect(JSON.parse(afterLogout ?? "")).toMatchObject({ code: "unauthenticated" });
  expect(lastStatus).toBe("401");
});
