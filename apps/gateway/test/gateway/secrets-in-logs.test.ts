import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { Client } from "../support/client.ts";
import { GatewayProcess } from "../support/gateway-process.ts";

const ada = { email: "ada@example.com", password: "counting analytical engines" };
const newPassword = "umbrella violin tundra cactus";
const keyEncryptionKey = "c2l4dGVlbiB0aW1lcyB0d28gaXMgMzIgYnl0ZXMhISE";
/** What a JWT begins with, a private key's member, an argon2 hash. */
const SHAPES = [/eyJ[A-Za-z0-9_-]{10,}/, /"d"\s*:/, /\$argon2/, /-----BEGIN/];

test("no line of the log holds a secret, at its most talkative, whatever was sent and whatever failed", async () => {
  const gateway = await GatewayProcess.create({
    COATCHECK_LOG_LEVEL: "trace",
    COATCHECK_FILES_URL: "http://localhost:1",
    COATCHECK_PASS_PATHS: "/songs/",
    COATCHECK_KEY_ENCRYPTION_KEY: keyEncryptionKey,
    COATCHECK_FORWARD_AUTH: "true",
    COATCHECK_TRUSTED_PROXIES: "127.0.0.1,::1",
    COATCHECK_ROUTES: JSON.stringify([{ path: "/app/", access: "login", upstream: "http://127.0.0.1:9" }]),
  });
  onTestFinished(() => gateway.dispose());
  await gateway.addUser(ada.email, ada.password);
  await gateway.start();
  const secrets = new Set([ada.password, newPassword, keyEncryptionKey, "typed by mistake"]);
  const client = new Client(gateway.url);
  const keep = () => {
    for (const value of client.cookies.values()) secrets.add(value).add(value.slice(24));
  };
  const send = (path: string, init: RequestInit) => fetch(gateway.url + path, { redirect: "manual", ...init });
  const json = { "x-csrf": "1", "content-type": "application/json" };

  // Logins: right, wrong, broken off in the middle of a password, in a query, as a form, too large, as another type.
  expect((await client.login(ada.email, ada.password, true)).status).toBe(200);
  keep();
  await client.login(ada.email, "a password typed by mistake");
  await client.login("a password typed by mistake", ada.password);
  const body = JSON.stringify({ email: ada.email, password: ada.password });
  await send("/auth/login", { method: "POST", headers: json, body: body.slice(0, -4) });
  await send("/auth/login", { method: "POST", headers: json, body: JSON.stringify({ ...ada, more: ada.password }) });
  await send("/auth/login", { method: "POST", headers: json, body: body + " ".repeat(20_000) });
  await send("/auth/login", { method: "POST", headers: { ...json, "content-type": "text/plain" }, body });
  await send(`/auth/login?password=${encodeURIComponent(ada.password)}`, { method: "POST", headers: json, body: "" });

  // Secrets where none belongs, and of a service that is down.
  const cookie = client.cookieHeader;
  const token = [...client.cookies.values()][0] ?? "";
  for (const path of [`/auth/me?token=${token}`, `/app/?session=${token}`, "/auth/verify/forward?access=login"]) {
    await send(path, { headers: { cookie, authorization: `Bearer ${token}`, "x-forwarded-uri": `/?t=${token}` } });
  }
  await send("/auth/me", { headers: { cookie: `${cookie}; ${cookie}` } });

  // Passes, and what may be done with the password again.
  const pass = (await (await client.send("POST", "/auth/access", { path: "/songs/a" })).json()) as { token: string };
  secrets.add(pass.token).add(pass.token.split(".")[2] ?? pass.token);
  await client.send("POST", "/auth/access/renew", { token: pass.token });
  await client.send("POST", "/auth/access/renew", { token: `${pass.token.slice(0, -2)}xx` });
  await client.send("POST", "/auth/reauthenticate", { password: "typed by mistake" });
  expect((await client.send("POST", "/auth/reauthenticate", { password: ada.password })).status).toBe(200);
  keep();
  const change = { currentPassword: ada.password, newPassword };
  expect((await client.send("PUT", "/auth/password", { ...change, newPassword: "short" })).status).toBe(422);
  expect((await client.send("PUT", "/auth/password", change)).status).toBe(204);
  keep();

  // A database that does not answer: faults are logged with their causes.
  const holder = new Database(`${gateway.folder}/coatcheck.sqlite`);
  holder.exec("BEGIN EXCLUSIVE");
  expect((await client.login(ada.email, newPassword)).status).toBe(503);
  expect((await client.send("PUT", "/auth/password", change)).status).toBe(503);
  holder.exec("ROLLBACK");
  holder.close();
  await client.send("POST", "/auth/logout");
  await gateway.kill("SIGTERM");

  // It has written of all of that.
  for (const written of ["authn_login_success", "authn_login_fail", "request_failed", "accounts_unavailable"]) {
    expect(gateway.log).toContain(written);
  }
  expect([...secrets].filter((secret) => secret !== "" && gateway.log.includes(secret))).toEqual([]);
  expect(SHAPES.filter((shape) => shape.test(gateway.log))).toEqual([]);
});
