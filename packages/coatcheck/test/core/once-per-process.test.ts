import { oncePerProcess } from "coatcheck";
import { expect, test, vi } from "vitest";

test("a module that is evaluated twice gets what was made the first time", async () => {
  const make = vi.fn(() => ({ isStore: true }));
  const first = oncePerProcess("made once", make);
  // As a bundler does: the library itself is there twice.
  vi.resetModules();
  const copy = await import("coatcheck");
  expect(copy.oncePerProcess).not.toBe(oncePerProcess);
  expect(copy.oncePerProcess("made once", make)).toBe(first);
  expect(make).toHaveBeenCalledTimes(1);
  expect(oncePerProcess("another name", make)).not.toBe(first);
});

test("a database that was down at the first request is opened by a later one", async () => {
  const open = vi.fn(async () => "opened");
  open.mockRejectedValueOnce(new Error("down"));
  await expect(oncePerProcess("database", open)).rejects.toThrow("down");
  expect(await oncePerProcess("database", open)).toBe("opened");
  expect(await oncePerProcess("database", open)).toBe("opened");
  expect(open).toHaveBeenCalledTimes(2);
});

test("what throws is not kept", () => {
  const fail = () => {
    throw new Error("no configuration");
  };
  expect(() => oncePerProcess("thrown", fail)).toThrow("no configuration");
  expect(oncePerProcess("thrown", () => 1)).toBe(1);
});

test.each([
  ["", () => 1],
  [undefined as unknown as string, () => 1],
  ["no function", 1 as unknown as () => number],
])("%j is refused where it names or makes nothing", (name, make) => {
  expect(() => oncePerProcess(name, make)).toThrow(expect.objectContaining({ code: "invalid_configuration" }));
});
