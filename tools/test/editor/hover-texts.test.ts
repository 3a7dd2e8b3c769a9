import { readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { beforeAll, expect, test } from "vitest";

const packageFolder = path.resolve(import.meta.dirname, "../../../packages/coatcheck");

/** What an application writes. It is nowhere but in the editor. */
const APPLICATION = (framework: string) => `
import { coatcheck } from "coatcheck/${framework}";
interface Account { readonly id: string; readonly name: string }
const findUser = async (id: string): Promise<Account | null> => ({ id, name: "" });
const auth = coatcheck({ origin: "https://app.example", findUser });
auth.required;
auth.freshRequired;
auth.of;
`;

const FRAMEWORKS = ["express", "fastify", "fetch", "hono", "node"];
const fileOf = (framework: string) => path.join(packageFolder, `test/editor-${framework}.ts`);
const texts = new Map(FRAMEWORKS.map((framework) => [fileOf(framework), APPLICATION(framework)]));

let service: ts.LanguageService;

beforeAll(() => {
  const host: ts.LanguageServiceHost = {
    getCompilationSettings: () => ({
      ...{ strict: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext, skipLibCheck: true },
      ...{ types: ["node"], customConditions: ["coatcheck-source"], allowImportingTsExtensions: true, noEmit: true },
    }),
    getScriptFileNames: () => [...texts.keys()],
    getScriptVersion: () => "1",
    getScriptSnapshot: (file) => {
      const text = texts.get(file) ?? ts.sys.readFile(file);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => packageFolder,
    getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
    fileExists: (file) => texts.has(file) || ts.sys.fileExists(file),
    readFile: (file) => texts.get(file) ?? ts.sys.readFile(file),
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
  };
  service = ts.createLanguageService(host);
});

/** What the editor shows over the last word of `expression`. */
function hover(framework: string, expression: string): string {
  const text = APPLICATION(framework);
  const position = text.lastIndexOf(expression) + expression.length - 1;
  const info = service.getQuickInfoAtPosition(fileOf(framework), position);
  return ts.displayPartsToString(info?.displayParts);
}

test("the application has no error, so that what is shown is what there is", () => {
  expect(readFileSync(path.join(packageFolder, "package.json"), "utf8")).toContain('"./express"');
  for (const framework of FRAMEWORKS) {
    const messages = service.getSemanticDiagnostics(fileOf(framework)).map(({ messageText }) => messageText);
    expect(messages).toEqual([]);
  }
});

test.each([
  ["express", "Express"],
  ["fastify", "Fastify"],
  ["fetch", "Fetch"],
  ["hono", "Hono"],
  ["node", "Node"],
])("coatcheck/%s: an editor shows a door and its members in one short line each", (framework, name) => {
  expect(hover(framework, "const auth")).toBe(`const auth: ${name}Auth<Account>`);
  expect(hover(framework, "auth.required")).toBe(`(property) ${name}Auth<Account>.required: ${name}Guard<Account>`);
  const fresh = `(property) ${name}Auth<Account>.freshRequired: ${name}FreshGuard<Account>`;
  expect(hover(framework, "auth.freshRequired")).toBe(fresh);
  expect(hover(framework, "auth.of")).toBe(`(property) ${name}Auth<Account>.of: ${name}SessionOf<Account>`);
});
