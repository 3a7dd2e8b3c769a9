import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { npmAudit } from "../../advisories/npm-audit.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
let registry: Server | undefined;

afterEach(() => {
  registry?.close();
  registry = undefined;
});

/** The real npm asks this registry about the real dependencies. */
async function auditAt(status: number, advisories: object) {
  registry = createServer((request, response) => {
    const isQuestion = request.url === "/-/npm/v1/security/advisories/bulk";
    response.writeHead(isQuestion ? status : 404, { "content-type": "application/json" });
    request.resume().on("end", () => response.end(isQuestion ? JSON.stringify(advisories) : "{}"));
  }).listen(0, "127.0.0.1");
  await once(registry, "listening");
  const { port } = registry.address() as AddressInfo;
  return npmAudit(ROOT, [`--registry=http://127.0.0.1:${port}`, "--fetch-retries=0"]);
}

test("a dependency with a known fault does not pass the check", async () => {
  const advisory = {
    id: 1,
    url: "https://advisories.example/1",
    title: "Anything goes",
    severity: "high",
    vulnerable_versions: "<99",
    cwe: [],
    cvss: { score: 7, vectorString: null },
  };
  expect(await auditAt(200, { jose: [advisory] })).toEqual({
    outcome: "looked_up",
    advisories: expect.arrayContaining([
      { packageName: "jose", severity: "high", titles: ["Anything goes, https://advisories.example/1"] },
    ]),
  });
});

test("dependencies without a known fault pass it", async () => {
  expect(await auditAt(200, {})).toEqual({ outcome: "looked_up", advisories: [] });
});

test("a registry that does not answer is not taken for one that knows of no fault", async () => {
  expect(await auditAt(405, {})).toEqual({ outcome: "unreachable", reason: expect.stringContaining("405") });
});
