import { execFile } from "node:child_process";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ArticleProgram } from "./support/article-program.ts";

let program: ArticleProgram;

function jar(name: string): string {
  return join(program.folder, name);
}

beforeAll(async () => {
  program = await ArticleProgram.start();
});

afterAll(async () => {
  await program.stop();
});

const curl = promisify(execFile);

/** What curl was answered: the status and the JSON. */
async function answerOf(path: string, ...options: string[]): Promise<readonly [number, unknown]> {
  const { stdout } = await curl("curl", ["--silent", "--write-out", "\n%{http_code}", ...options, program.url + path]);
  const [body = "", status] = stdout.split("\n");
  return [Number(status), JSON.parse(body)];
}

function loginWith(jar: string, user: object): Promise<readonly [number, unknown]> {
  const body = ["--header", "Content-Type: application/json", "--data", JSON.stringify(user)];
  return answerOf("/login", "--cookie-jar", jar, "--cookie", jar, ...body);
}

const testUser = { user_id: 1, email: "test@email.com", password: "weakpassword" };
const secondUser = { user_id: 2, email: "rest@email.com", password: "pass2" };
const unauthorized = [401, { message: "Unauthorized" }];

describe("the article's API answers as the article says", () => {
  test("GET /heartbeat", async () => {
    expect(await answerOf("/heartbeat")).toEqual([200, { status: "OK" }]);
  });

  test("POST /login of a user that does not exist, with a wrong password, and with a wrong email", async () => {
    const wrong = [400, { message: "Invalid credentials" }];
    expect(await loginWith(jar("wrong"), { ...testUser, user_id: 3 })).toEqual([400, { message: "User not found" }]);
    expect(await loginWith(jar("wrong"), { ...testUser, password: "pass2" })).toEqual(wrong);
    expect(await loginWith(jar("wrong"), { ...testUser, email: "rest@email.com" })).toEqual(wrong);
    expect(await answerOf("/profile/1", "--cookie", jar("wrong"))).toEqual(unauthorized);
  });

  test("GET /profile: a user reads their own, and without a login or with another's no profile at all", async () => {
    expect(await loginWith(jar("first"), testUser)).toEqual([200, { message: "User logged in" }]);
    expect(await loginWith(jar("second"), secondUser)).toEqual([200, { message: "User logged in" }]);
    const own = [200, { name: "TestUser", email: "test@email.com" }];
    expect(await answerOf("/profile/1", "--cookie", jar("first"))).toEqual(own);
    expect(await answerOf("/profile/2", "--cookie", jar("first"))).toEqual(unauthorized);
    expect(await answerOf("/profile/3", "--cookie", jar("first"))).toEqual(unauthorized);
    expect(await answerOf("/profile/1")).toEqual(unauthorized);
    const others = [200, { name: "SecondUser", email: "rest@email.com" }];
    expect(await answerOf("/profile/2", "--cookie", jar("second"))).toEqual(others);
  });

  test("POST /logout, with the cookie and without; the copied cookie is refused from then on", async () => {
    await loginWith(jar("owner"), testUser);
    await copyFile(jar("owner"), jar("copied"));
    const logout = ["--request", "POST", "--cookie", jar("owner"), "--cookie-jar", jar("owner")];
    expect(await answerOf("/logout", ...logout)).toEqual([200, { message: "Logged out" }]);
    expect(await answerOf("/profile/1", "--cookie", jar("owner"))).toEqual(unauthorized);
    expect(await answerOf("/profile/1", "--cookie", jar("copied"))).toEqual(unauthorized);
    expect(await answerOf("/logout", "--request", "POST")).toEqual(unauthorized);
  });

  test("a page of another site can neither log a user in nor out", async () => {
    await loginWith(jar("victim"), testUser);
    const crossSite = ["--header", "Sec-Fetch-Site: cross-site", "--header", "Origin: https://evil.example"];
    const json = ["--header", "Content-Type: application/json", "--data", JSON.stringify(testUser)];
    expect((await answerOf("/login", ...json, ...crossSite))[0]).toBe(403);
    const asVictim = ["--request", "POST", "--cookie", jar("victim")];
    expect((await answerOf("/logout", ...asVictim, ...crossSite))[0]).toBe(403);
    expect((await answerOf("/profile/1", "--cookie", jar("victim")))[0]).toBe(200);
  });
});
