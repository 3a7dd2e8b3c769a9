import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadConfiguration } from "../../src/config/load-configuration.ts";

const least = { COATCHECK_FILES_SOURCE: "folder:songs", COATCHECK_ISSUER: "https://login.example" };

const load = (environment: NodeJS.ProcessEnv = {}) =>
  loadConfiguration({ environment: { ...least, ...environment } }).configuration;

function refusal(environment: NodeJS.ProcessEnv): string {
  try {
    load(environment);
  } catch (error) {
    expect(error).toMatchObject({ name: "FileServiceError", code: "invalid_configuration" });
    return error instanceof Error ? error.message : "";
  }
  throw new Error("It was accepted.");
}

describe("the configuration", () => {
  test("has a default for all but what is served and who is believed", () => {
    expect(load()).toEqual({
      host: "localhost",
      port: 8_081,
      publicUrl: "http://localhost:8081",
      source: { kind: "folder", path: resolve("songs") },
      issuer: "https://login.example",
      jwks: { kind: "url", url: "https://login.example/auth/access/jwks.json" },
      revocations: "https://login.example/auth/access/revocations",
      allowedOrigins: [],
      maxDownloadSeconds: 3_600,
      maxStalledSeconds: 60,
      maxDownloadsPerSession: 64,
      trustedProxies: [],
      stopDelaySeconds: 2,
      logLevel: "info",
      dangerouslyAllowInsecureHttp: false,
    });
    expect(Object.isFrozen(load())).toBe(true);
    expect(refusal({ COATCHECK_ISSUER: undefined })).toContain("COATCHECK_ISSUER must be given");
    expect(refusal({ COATCHECK_FILES_SOURCE: "" })).toContain("COATCHECK_FILES_SOURCE must be given");
  });

  test("takes each of them from the environment", () => {
    expect(
      load({
        HOST: "0.0.0.0",
        FILES_PORT: "9000",
        COATCHECK_FILES_PUBLIC_URL: "https://files.example/",
        COATCHECK_ISSUER: "http://localhost:8080",
        COATCHECK_ACCESS_JWKS: "keys/jwks.json",
        COATCHECK_ACCESS_REVOCATIONS: "off",
        COATCHECK_FILES_ALLOWED_ORIGINS: "https://player.example, http://localhost:3000",
        COATCHECK_FILES_MAX_DOWNLOAD_SECONDS: "60",
        COATCHECK_FILES_MAX_STALLED_SECONDS: "10",
        COATCHECK_FILES_MAX_DOWNLOADS_PER_SESSION: "5",
        COATCHECK_TRUSTED_PROXIES: "10.0.0.0/8",
        COATCHECK_LOG_LEVEL: "warn",
      }),
    ).toMatchObject({
      host: "0.0.0.0",
      port: 9_000,
      publicUrl: "https://files.example",
      issuer: "http://localhost:8080",
      jwks: { kind: "file", path: resolve("keys/jwks.json") },
      revocations: null,
      allowedOrigins: ["https://player.example", "http://localhost:3000"],
      maxStalledSeconds: 10,
      maxDownloadsPerSession: 5,
      maxDownloadSeconds: 60,
      trustedProxies: ["10.0.0.0/8"],
      logLevel: "warn",
    });
    const remote = load({
      COATCHECK_ACCESS_JWKS: "https://keys.example/set",
      COATCHECK_ACCESS_REVOCATIONS: "http://[::1]/r",
    });
    expect(remote.jwks).toEqual({ kind: "url", url: "https://keys.example/set" });
    expect(remote.revocations).toBe("http://[::1]/r");
  });

  test.each([
    ["COATCHECK_FILES_PUBLIC_URL", "https://files.example/songs", "must be an origin alone"],
    ["COATCHECK_FILES_PUBLIC_URL", "https://FILES.example", "must be an origin alone"],
    ["COATCHECK_FILES_PUBLIC_URL", "http://files.example", "must begin with https://"],
    ["COATCHECK_FILES_PUBLIC_URL", "ftp://files.example", "must be a URL that begins with https://"],
    ["COATCHECK_ISSUER", "http://login.example", "must begin with https://"],
    ["COATCHECK_ISSUER", "http://127.0.0.1.example", "must begin with https://"],
    ["COATCHECK_ACCESS_JWKS", "http://login.example/keys", "must begin with https://"],
    ["COATCHECK_ACCESS_REVOCATIONS", "https://ada:secret@login.example/", "must be a URL without a user name"],
    ["COATCHECK_ACCESS_REVOCATIONS", "none", "must be a URL"],
    ["COATCHECK_FILES_ALLOWED_ORIGINS", "*", "entry 1 must be a URL"],
    ["COATCHECK_FILES_ALLOWED_ORIGINS", "https://a.example,null", "entry 2 must be a URL"],
    ["COATCHECK_FILES_MAX_DOWNLOAD_SECONDS", "0", "must be a whole number of seconds from 1 to 86400"],
    ["COATCHECK_FILES_MAX_STALLED_SECONDS", "0", "must be a whole number of seconds from 1 to 86400"],
    ["COATCHECK_FILES_MAX_DOWNLOADS_PER_SESSION", "0", "must be a whole number from 1 to 10000"],
    ["COATCHECK_TRUSTED_PROXIES", "0.0.0.0/0", "entry 1 must not trust every address"],
    ["COATCHECK_LOG_LEVEL", "loud", "must be one of"],
    ["FILES_PORT", "80810", "must be a whole number from 0 to 65535"],
    ["HOST", "no host", "must be a host name"],
  ])("refuses %s=%s, and does not repeat it", (name, value, message) => {
    const text = refusal({ [name]: value });
    expect(text).toMatch(new RegExp(`^${name}[ ,]`));
    expect(text).toContain(message);
    expect(text).not.toContain("secret");
  });

  test("takes plain http beyond this machine only by the name of the danger", () => {
    const dangerous = { COATCHECK_DANGEROUSLY_ALLOW_INSECURE_HTTP: "true", COATCHECK_ISSUER: "http://login.example" };
    expect(load(dangerous)).toMatchObject({ issuer: "http://login.example", dangerouslyAllowInsecureHttp: true });
  });

  test("does not guess a public URL for any free port", () => {
    expect(refusal({ FILES_PORT: "0" })).toContain("COATCHECK_FILES_PUBLIC_URL must be given");
  });

  test("refuses what it does not know", () => {
    expect(refusal({ COATCHECK_FILES_SORCE: "folder:x" })).toContain("Did you mean COATCHECK_FILES_SOURCE?");
    expect(refusal({ COATCHECK_ACCESS_REVOCATION: "off" })).toContain("Did you mean COATCHECK_ACCESS_REVOCATIONS?");
  });
});

describe("a source", () => {
  const sourceOf = (text: string) => load({ COATCHECK_FILES_SOURCE: text }).source;

  test("is a folder, or a bucket", () => {
    expect(sourceOf("folder:/srv/songs")).toEqual({ kind: "folder", path: "/srv/songs" });
    const bucket = { kind: "bucket", bucket: "songs", prefix: "", endpoint: null, region: "us-east-1" };
    expect(sourceOf("s3://songs")).toEqual(bucket);
    expect(sourceOf("s3://songs/live/a%20b/?region=eu-central-1")).toEqual({
      ...bucket,
      prefix: "live/a b",
      region: "eu-central-1",
    });
    expect(sourceOf("s3://songs?endpoint=http://localhost:9000")).toEqual({
      ...bucket,
      endpoint: "http://localhost:9000",
    });
  });

  test.each([
    ["songs", "folder:", "s3://", "s3:///x", "https://songs.example", "s3://a", "s3://songs:80/", "s3://songs#x"],
    ["s3://songs?endpont=http://localhost:9000", "s3://SO NGS", "s3://songs/%zz", "s3://songs?region=e u"],
    ["s3://songs?endpoint=http://minio.example", "s3://songs?endpoint=https://minio.example/path"],
  ])("is none of %s %s %s", (...texts) => {
    for (const text of texts)
      expect(refusal({ COATCHECK_FILES_SOURCE: text })).toContain("COATCHECK_FILES_SOURCE must");
  });

  test("has no key in it", () => {
    const text = refusal({ COATCHECK_FILES_SOURCE: "s3://AKIA:secret@songs" });
    expect(text).toContain("AWS_SECRET_ACCESS_KEY");
    expect(text).not.toContain("secret@");
  });
});

describe("a configuration file", () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "coatcheck-files-configuration-"));
  });

  afterAll(() => rm(folder, { recursive: true }));

  async function fileWith(text: string): Promise<string> {
    const path = join(folder, "files.json");
    await writeFile(path, text);
    return path;
  }

  const settings = {
    source: "folder:/srv/songs",
    issuer: "https://login.example",
    port: 9_000,
    jwks: "/etc/jwks.json",
    revocations: "off",
    allowedOrigins: ["https://player.example"],
    maxDownloadSeconds: 10,
  };

  test("is read, by argument or variable, and the environment is over it", async () => {
    const path = await fileWith(JSON.stringify(settings));
    const expected = {
      source: { kind: "folder", path: "/srv/songs" },
      port: 9_000,
      publicUrl: "http://localhost:9000",
      jwks: { kind: "file", path: "/etc/jwks.json" },
      revocations: null,
      maxDownloadSeconds: 10,
    };
    expect(loadConfiguration({ environment: {}, path }).configuration).toMatchObject(expected);
    expect(loadConfiguration({ environment: { COATCHECK_CONFIG: path } }).configuration).toMatchObject(expected);
    expect(loadConfiguration({ environment: { FILES_PORT: "9001" }, path }).configuration.port).toBe(9_001);
  });

  test.each([
    ["not JSON", '{"port": "secret', "is not valid JSON"],
    ["no object", "[]", "must hold a JSON object"],
    ["a key that means nothing", '{"sources": "x"}', 'has the key "sources", which is unknown. Did you mean source?'],
    ["a value of another kind", '{"allowedOrigins": [1]}', '"allowedOrigins" in'],
  ])("is refused for %s, and not quoted", async (_, text, message) => {
    const path = await fileWith(text);
    const loading = () => loadConfiguration({ environment: least, path });
    expect(loading).toThrow(message);
    expect(loading).not.toThrow("secret");
  });

  test("that is not there is named", () => {
    expect(() => loadConfiguration({ environment: least, path: "/nowhere.json" })).toThrow(
      "/nowhere.json cannot be read",
    );
  });
});
