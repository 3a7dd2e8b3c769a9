import { sessionRecordNamed } from "coatcheck/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { UserEntry } from "../../src/stores/memory/user-entry.ts";

const change = fc.record({ puts: fc.boolean(), id: fc.integer({ min: 0, max: 40 }), version: fc.nat(9) });

test("what is kept of a user's sessions is what a map would keep, be they few or many", () => {
  const property = fc.property(fc.array(change, { maxLength: 120, size: "max" }), (changes) => {
    const entry = new UserEntry();
    const map = new Map<string, ReturnType<typeof sessionRecordNamed>>();
    for (const { puts, id, version } of changes) {
      const record = sessionRecordNamed(`session-${id}`, 0, { version });
      if (puts) {
        entry.put(record);
        map.set(record.sessionId, record);
      } else {
        entry.remove(record.sessionId);
        map.delete(record.sessionId);
      }
      expect(entry.size).toBe(map.size);
      expect(entry.find(record.sessionId)).toBe(map.get(record.sessionId) ?? null);
    }
    expect(new Set(entry.all())).toEqual(new Set(map.values()));
    for (const record of map.values()) expect(entry.find(record.sessionId)).toBe(record);
  });
  fc.assert(property, { numRuns: 300 });
});
