import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { settings as files } from "@coatcheck/files/settings";
import { settings as gateway } from "@coatcheck/gateway/settings";
import { readSettings } from "@coatcheck/service/settings/read-settings";
import { Ajv } from "ajv";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { readDocuments } from "../../docs/read-documents.ts";

class OperatorError extends Error {
  constructor(_code: string, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

const folder = mkdtempSync(join(tmpdir(), "coatcheck-schemas-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, "configuration.json");

/** Whether a program starts with this file, as far as the file is concerned. */
function loads(read: (path: string) => unknown, content: unknown): boolean {
  writeFileSync(file, JSON.stringify(content));
  try {
    read(file);
    return true;
  } catch (error) {
    if (error instanceof OperatorError) return false;
    throw error;
  }
}

const schemaOf = (name: string) => JSON.parse(readFileSync(`docs/schemas/${name}-configuration.schema.json`, "utf8"));

const programs = {
  gateway: {
    isAllowed: new Ajv({ strict: true }).compile(schemaOf("gateway")),
    isLoaded: (content: object) =>
      loads((path) => readSettings(gateway, { environment: {}, path }, OperatorError), content),
    keys: Object.keys(gateway),
  },
  files: {
    isAllowed: new Ajv({ strict: true }).compile(schemaOf("files")),
    isLoaded: (content: object) =>
      loads((path) => readSettings(files, { environment: {}, path }, OperatorError), {
        source: "folder:/srv",
        issuer: "https://login.example",
        ...content,
      }),
    keys: Object.keys(files),
  },
};

const route = { path: "/", upstream: "http://10.0.0.1:3000", access: "login" };

const everyGatewaySetting = {
  $schema: "docs/schemas/gateway-configuration.schema.json",
  publicUrl: ["https://a.example", "https://b.example:8443"],
  host: "::1",
  port: 8443,
  data: "/var/lib/coatcheck",
  database: "postgres://ada:secret@db/accounts",
  sessions: "postgresql://ada:secret@db/sessions",
  sessionsListener: "postgres://ada:secret@primary/sessions",
  databaseListener: "postgres://ada:secret@primary/accounts",
  nearCacheMaxStalenessMilliseconds: 500,
  nearCacheSettle: true,
  routes: [
    route,
    {
      ...route,
      path: "/admin/",
      access: "role:admin",
      host: "b.example:8443",
      audience: "admin",
      identityHeaders: true,
      forwardHeaders: ["x_tenant"],
      dropHeaders: "X-Acme, X-Other",
      timeoutSeconds: 5,
      allowEncodedSlash: true,
      allowParameters: true,
      allowEncodedPercent: true,
      allowEmptySegments: true,
      allowNonUtf8: true,
      caseInsensitive: false,
      caseSensitive: true,
      refusePathInfo: true,
    },
  ],
  trustedProxies: ["10.0.0.0/8", "2001:db8::/32", "fe80::1%eth0"],
  forwardAuth: true,
  hstsSubdomains: true,
  sessionPolicy: "strict",
  freshForSeconds: 60,
  breachedPasswordsFile: "/var/lib/passwords.txt",
  filesUrl: "https://files.example",
  passPaths: ["/songs/", "/a%20b.pdf"],
  passRuleUrl: "HTTPS://app.example/rule",
  passLifetimeSeconds: 60,
  signingAlgorithm: "EdDSA",
  keyEncryptionKey: "a".repeat(43),
  auditRetentionDays: 1,
  metricsPort: 9464,
  metricsHost: "0.0.0.0",
  metricsNames: ["metrics.example"],
  stopDelaySeconds: 0,
  logLevel: "silent",
  dangerouslyAllowInsecureHttp: false,
};

const everyFilesSetting = {
  $schema: "../files-configuration.schema.json",
  source: "s3://songs/live?region=eu-central-1",
  issuer: "https://login.example",
  publicUrl: "https://files.example/",
  host: "files.internal",
  port: 0,
  jwks: "/etc/jwks.json",
  revocations: "off",
  allowedOrigins: ["https://player.example"],
  maxDownloadSeconds: 10,
  maxStalledSeconds: 10,
  maxDownloadsPerSession: 5,
  trustedProxies: [],
  stopDelaySeconds: 60,
  logLevel: "debug",
  dangerouslyAllowInsecureHttp: true,
};

describe.each([
  { name: "gateway", content: everyGatewaySetting },
  { name: "files", content: everyFilesSetting },
] as const)("a configuration of every setting of $name", ({ name, content }) => {
  test("is allowed by the schema, and loaded", () => {
    const { isAllowed, isLoaded, keys } = programs[name];
    expect(Object.keys(content)).toEqual(["$schema", ...keys]);
    expect([isAllowed(content), isAllowed.errors]).toEqual([true, null]);
    expect(isLoaded(content)).toBe(true);
  });
});

test("each configuration in the documents is allowed by the schema, and loaded", async () => {
  const { isAllowed, isLoaded } = programs.gateway;
  const documents = await readDocuments(process.cwd());
  const blocks = documents.flatMap(({ text }) => [...text.matchAll(/^```json\n(.*?)^```$/gms)]);
  const texts = blocks.map(([, text = ""]) => text).filter((text) => text.includes('"routes"'));
  expect(texts.length).toBeGreaterThanOrEqual(2);
  for (const text of texts) {
    const example = JSON.parse(text.replaceAll(/[A-Z]+_ADDRESS/g, "10.0.0.1:3000"));
    expect([isAllowed(example), isLoaded(example)]).toEqual([true, true]);
  }
});

describe("what the schema refuses is refused at the start, too", () => {
  test.each<{ readonly name: keyof typeof programs; readonly content: Readonly<Record<string, unknown>> }>([
    { name: "gateway", content: { publicURL: "https://a.example" } },
    { name: "gateway", content: { $schema: 1 } },
    { name: "gateway", content: { port: "8080" } },
    { name: "gateway", content: { port: 8080.5 } },
    { name: "gateway", content: { port: 65_536 } },
    { name: "gateway", content: { port: null } },
    { name: "gateway", content: { publicUrl: "login.example" } },
    { name: "gateway", content: { publicUrl: "https://a.example,https://b.example/path" } },
    { name: "gateway", content: { publicUrl: [] } },
    { name: "gateway", content: { database: "memory:" } },
    { name: "gateway", content: { database: "redis://cache" } },
    { name: "gateway", content: { sessions: "memcached://cache" } },
    { name: "gateway", content: { sessions: "memory:x" } },
    { name: "gateway", content: { nearCacheSettle: "true" } },
    { name: "gateway", content: { trustedProxies: "10.0.0.1" } },
    { name: "gateway", content: { trustedProxies: ["everyone!"] } },
    { name: "gateway", content: { sessionPolicy: "lax" } },
    { name: "gateway", content: { keyEncryptionKey: "short" } },
    { name: "gateway", content: { passPaths: ["songs/"] } },
    { name: "gateway", content: { routes: "[]" } },
    { name: "gateway", content: { routes: [{ ...route, upstream: undefined }] } },
    { name: "gateway", content: { routes: [{ ...route, acess: "login" }] } },
    { name: "gateway", content: { routes: [{ ...route, access: "everyone" }] } },
    { name: "gateway", content: { routes: [{ ...route, path: "/admin/*" }] } },
    { name: "gateway", content: { routes: [{ ...route, upstream: "http://10.0.0.1/app" }] } },
    { name: "gateway", content: { routes: [{ ...route, host: null }] } },
    { name: "gateway", content: { routes: [{ ...route, dropHeaders: ["x tenant"] }] } },
    { name: "gateway", content: { routes: [{ ...route, identityHeaders: "true" }] } },
    { name: "files", content: { sources: "folder:/srv" } },
    { name: "files", content: { source: "/srv" } },
    { name: "files", content: { revocations: "none" } },
    { name: "files", content: { allowedOrigins: ["*"] } },
    { name: "files", content: { maxDownloadsPerSession: 0 } },
  ])("$name: $content", ({ name, content }) => {
    expect([programs[name].isAllowed(content), programs[name].isLoaded(content)]).toEqual([false, false]);
  });

  const values = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(...Object.values({ ...everyGatewaySetting, ...everyFilesSetting })),
    fc.constantFrom("https://a.example/", "http://localhost:1", "sqlite:\n", " https://a.example", "/a?b", "role:\n"),
    fc.array(fc.constantFrom(...Object.values(everyGatewaySetting).filter((value) => typeof value === "string"))),
    fc.record({ ...Object.fromEntries(Object.keys(route).map((key) => [key, fc.string()])) }).map((each) => [each]),
  );

  test.each(Object.entries(programs))("%s: whatever a key holds", (_name, { keys, isAllowed, isLoaded }) => {
    fc.assert(
      fc.property(fc.constantFrom(...keys), values, (key, value) => {
        const content = { [key]: value };
        if (!isAllowed(content)) expect(isLoaded(content)).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });
});
