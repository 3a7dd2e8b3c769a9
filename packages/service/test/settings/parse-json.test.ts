import { expect, test } from "vitest";
import { DuplicateKey, parseJson } from "../../src/settings/parse-json.ts";

test("what JSON says once is read as JSON.parse reads it", () => {
  const values = [null, 1.5e-3, "", "a:{}", [], {}, [[], {}], { a: [{ a: { a: '\\"}' } }], "": { "": 1 } }];
  for (const value of values) {
    for (const indent of [0, 3]) expect(parseJson(JSON.stringify(value, null, indent))).toEqual(value);
  }
  expect(parseJson('[{"a":":"},{"a":"{\\"a\\":1}"}]')).toEqual([{ a: ":" }, { a: '{"a":1}' }]);
});

test("a key that stands in one object twice is refused, however deep and however it is spelt", () => {
  expect(() => parseJson('[{"a":{"b":1,"c":[{"b":1}],"b":2}}]')).toThrow(DuplicateKey);
  expect(() => parseJson('{"port":1,"p\\u006frt":2}')).toThrow(DuplicateKey);
});
