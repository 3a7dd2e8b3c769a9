import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { CoatcheckError, errorCodes } from "coatcheck";
import type { GuardRefusalCode } from "coatcheck/adapter";
import Fastify from "fastify";
import { describe, expect, expectTypeOf, onTestFinished, test } from "vitest";
import { GatewayError, type GatewayErrorCode, gatewayErrorCodes } from "../../src/errors.ts";
import { type ProblemCode, problems } from "../../src/http/problem.ts";
import { addErrorResponses } from "../../src/pages/error-responses.ts";
import { ProblemAnswers } from "../../src/pages/problem-answers.ts";

/** With what the services share: there, an operator's error is raised by the class that the gateway hands in. */
const sourceFolders = ["../../src", "../../../../packages/service/src"].map((path) => join(import.meta.dirname, path));
const page = await readFile(join(import.meta.dirname, "../../../../docs/errors.md"), "utf8");

const faults = Object.keys(gatewayErrorCodes) as GatewayErrorCode[];
const answers = Object.keys(problems) as ProblemCode[];

/** What the guard refuses is answered by the guard's own code. */
const handedOn: readonly GuardRefusalCode[] = [
  "duplicate_session_cookie",
  "cross_origin_request",
  "headerless_request",
];

/** The rows of the table below a heading of the page: each cell as its text, and code without its quotes. */
function rowsBelow(heading: string): readonly (readonly string[])[] {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? "";
  const [, , ...rows] = section.split("\n").filter((line) => line.startsWith("|"));
  return rows.map((row) => {
    const cells = row.split("|").slice(1, -1);
    return cells.map((cell) => cell.trim().replace(/^`(\w+)`$/, "$1"));
  });
}

async function sources(): Promise<string> {
  const texts = sourceFolders.map(async (folder) => {
    const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith(".ts"));
    return Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
  });
  return (await Promise.all(texts)).flat().join("\n");
}

/** What a client is told of an error that reaches the last resort: status and code. */
async function answerTo(error: Error): Promise<readonly [number, string]> {
  const app = Fastify();
  onTestFinished(() => app.close());
  addErrorResponses(app, new ProblemAnswers({ body: Buffer.from("{{code}}"), contentType: "text/html" }));
  app.get("/", () => Promise.reject(error));
  const response = await fetch(await app.listen({ port: 0, host: "127.0.0.1" }));
  const { code } = (await response.json()) as { readonly code: string };
  return [response.status, code];
}

describe("the page", () => {
  test("lists every answer in the order of the code, with its status and what the client is told", () => {
    expect(rowsBelow("The gateway's answers").map((row) => row.slice(0, 3))).toEqual(
      answers.map((code) => [code, String(problems[code].status), problems[code].detail]),
    );
  });

  test("lists every fault in the order of the code, with its meaning", () => {
    expect(rowsBelow("The gateway's faults").map(([code, , meaning]) => [code, meaning])).toEqual(
      Object.entries(gatewayErrorCodes),
    );
  });

  test("says of each fault what a client is told", async () => {
    const told = await Promise.all(faults.map((code) => answerTo(new GatewayError(code, "Secret."))));
    const written = rowsBelow("The gateway's faults").map(([, answer]) => answer);
    expect(told).toEqual(written.map((answer) => [problems[answer as ProblemCode]?.status, answer]));
  });

  test("answers faults of the library by their status", async () => {
    for (const code of Object.keys(errorCodes) as (keyof typeof errorCodes)[]) {
      const fault = new CoatcheckError(code, "Secret.");
      const expected = fault.statusCode === 503 ? [503, "unavailable"] : [500, "internal_error"];
      expect(await answerTo(fault), code).toEqual(expected);
    }
  });
});

describe("the sources", () => {
  test("raise every fault, each by a code that stands where it is raised", async () => {
    const text = await sources();
    const raised = Array.from(
      text.matchAll(/new (?:GatewayError|[.#\w]*OperatorError)\(\s*"(\w+)"/g),
      ([, code]) => code,
    );
    expect(raised).toHaveLength(text.split(/new (?:GatewayError|[.#\w]*OperatorError)\(/).length - 1);
    expect(new Set(raised)).toEqual(new Set(faults));
  });

  test("send every answer", async () => {
    // Not as one of several that a type allows: where one of them is decided on.
    const decided = Array.from((await sources()).matchAll(/(?<!\|\s*)"(\w+)"(?!\s*\|)/g), ([, code]) => code);
    expect(answers.filter((code) => ![...decided, ...handedOn].includes(code))).toEqual([]);
  });
});

test("types know exactly these codes", () => {
  expectTypeOf<GatewayError["code"]>().toEqualTypeOf<keyof typeof gatewayErrorCodes>();
  expectTypeOf<ProblemCode>().toEqualTypeOf<keyof typeof problems>();
  expectTypeOf<GuardRefusalCode>().toExtend<ProblemCode>();
  // Any text at all would be equal to itself, too.
  expectTypeOf<string>().not.toExtend<GatewayErrorCode | ProblemCode>();
});
