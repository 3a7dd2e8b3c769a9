import { ManualClock } from "coatcheck/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { AuditEvent } from "../../src/audit/audit-event.ts";
import type { AuditLog } from "../../src/audit/audit-log.ts";
import { AuditWriter } from "../../src/audit/audit-writer.ts";
import type { RequestOrigin } from "../../src/audit/request-origin.ts";

/** Keeps what is written, and fails on demand: before it has written, or after. */
class RecordingLog implements Pick<AuditLog, "append"> {
  readonly written: AuditEvent[] = [];
  fault: "before" | "after" | null = null;

  async append(events: readonly AuditEvent[]): Promise<void> {
    if (this.fault === "before") throw new Error("no database");
    const known = new Set(this.written.map(({ id }) => id));
    this.written.push(...events.filter(({ id }) => !known.has(id)));
    if (this.fault === "after") throw new Error("no answer");
  }

  counted(): readonly (readonly [string, string | null, unknown])[] {
    return this.written.map(({ event, clientAddress, detail }) => [event, clientAddress, detail]);
  }
}

let log: RecordingLog;
let clock: ManualClock;

beforeEach(() => {
  log = new RecordingLog();
  clock = new ManualClock();
});

function writer(maximumWaiting?: number): AuditWriter {
  const parts = { log: log as RecordingLog & AuditLog, clock };
  return new AuditWriter(maximumWaiting === undefined ? parts : { ...parts, maximumWaiting });
}

const from = (clientAddress: string): RequestOrigin => ({ requestId: "request", clientAddress, userAgent: null });

describe("a flood of refusals", () => {
  test("from one address is ten rows a minute and one that says how many more there were", async () => {
    const audit = writer();
    for (let index = 0; index < 10_000; index++) audit.record({ event: "malicious_csrf" }, from("192.0.2.1"));
    await audit.flush();
    expect(log.written).toHaveLength(10);
    clock.advanceSeconds(60);
    await audit.flush();
    await audit.flush();
    expect(log.counted().slice(10)).toEqual([["malicious_csrf", "192.0.2.1", { suppressed: 9_990 }]]);
    audit.record({ event: "malicious_csrf" }, from("192.0.2.1"));
    await audit.flush();
    expect(log.written).toHaveLength(12);
  });

  test("from many addresses is a hundred rows a minute, and the others are counted together", async () => {
    const audit = writer();
    for (let index = 0; index < 50_000; index++) {
      audit.record({ event: "authn_login_fail" }, from(`10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`));
    }
    clock.advanceSeconds(60);
    await audit.flush();
    expect(log.written).toHaveLength(101);
    expect(log.counted().at(-1)).toEqual(["authn_login_fail", null, { suppressed: 49_900 }]);
  });

  test("about one account is seen all the same, by the account that is attacked, and has its own bound", async () => {
    const audit = writer();
    const fail = (userId: string | null, address: string) =>
      audit.record({ event: "authn_login_fail", userId }, from(address));
    for (let network = 0; network < 10; network++) {
      for (let index = 0; index < 20; index++) fail(null, `198.51.${network}.1`);
    }
    for (let index = 0; index < 10; index++) fail("ada", `203.0.113.${index}`);
    fail("grace", "198.51.0.1");
    await audit.flush();
    const about = log.written.map(({ userId }) => userId).filter((userId) => userId !== null);
    expect([log.written.length, about]).toEqual([104, ["ada", "ada", "ada", "grace"]]);
    for (let index = 0; index < 10_000; index++) fail(`user ${index}`, "203.0.113.1");
    await audit.flush();
    expect(log.written).toHaveLength(100 + 3 + 299);
  });

  test("from unknown addresses is counted, and names no address", async () => {
    const audit = writer();
    const nowhere = { ...from(""), clientAddress: null };
    for (let index = 0; index < 12; index++) audit.record({ event: "malicious_csrf" }, nowhere);
    await audit.close();
    expect(log.counted().slice(10)).toEqual([["malicious_csrf", null, { suppressed: 2 }]]);
  });

  test("an IPv6 network is one address", async () => {
    const audit = writer();
    for (let index = 0; index < 100; index++) {
      audit.record({ event: "authz_fail" }, from(`2001:db8::${index.toString(16)}`));
    }
    await audit.close();
    expect(log.written).toHaveLength(11);
    expect(log.counted().at(-1)).toEqual(["authz_fail", "2001:db8::0", { suppressed: 90 }]);
  });

  test("hides neither other kinds, nor other addresses, nor what was done", async () => {
    const audit = writer();
    for (let index = 0; index < 1_000; index++) audit.record({ event: "malicious_csrf" }, from("192.0.2.1"));
    audit.record({ event: "malicious_csrf" }, from("192.0.2.2"));
    audit.record({ event: "authn_login_fail" }, from("192.0.2.1"));
    for (let index = 0; index < 50; index++) audit.record({ event: "session_logout" }, from("192.0.2.1"));
    await audit.flush();
    expect(log.written).toHaveLength(10 + 1 + 1 + 50);
  });

  test("is counted at the end, too", async () => {
    const audit = writer();
    for (let index = 0; index < 12; index++) audit.record({ event: "authz_fail" }, from("192.0.2.1"));
    await audit.flush();
    await audit.close();
    expect(log.counted().at(-1)).toEqual(["authz_fail", "192.0.2.1", { suppressed: 2 }]);
  });
});

describe("a database that does not answer", () => {
  test("loses nothing that there is room for, and nothing is there twice", async () => {
    const audit = writer();
    for (let index = 0; index < 500; index++) audit.record({ event: "session_logout", userId: String(index) }, null);
    for (const fault of ["before", "after"] as const) {
      log.fault = fault;
      await expect(audit.flush()).rejects.toThrow();
    }
    log.fault = null;
    await audit.flush();
    expect(log.written.map(({ userId }) => userId)).toEqual(Array.from({ length: 500 }, (_, index) => String(index)));
    expect(audit.dropped).toBe(0);
  });

  test("for too long costs events, and that is said once", async () => {
    const audit = writer(5);
    log.fault = "before";
    for (let round = 0; round < 3; round++) {
      for (let index = 0; index < 4; index++) audit.record({ event: "session_logout" }, null);
      await expect(audit.flush()).rejects.toThrow();
    }
    log.fault = null;
    await audit.flush();
    const dropped = log.written.filter(({ event }) => event === "audit_dropped");
    expect(log.written.filter(({ event }) => event === "session_logout")).toHaveLength(5);
    expect(dropped.reduce((sum, { detail }) => sum + Number(detail.dropped), 0)).toBe(7);
    expect(audit.dropped).toBe(7);
  });
});

test("whatever a client sends is one bounded record without control characters", async () => {
  const audit = writer();
  const userAgent = `\u001b[2J\r\n2026-01-01 authn_login_success\u0000\u202e\u2028${"x".repeat(10_000)}`;
  audit.record({ event: "authz_fail", detail: { path: "/a\nb\u001b[1m" } }, { ...from("192.0.2.1"), userAgent });
  await audit.flush();
  const [written] = log.written;
  expect(written?.userAgent).toMatch(/^�\[2J��2026-01-01 authn_login_success���x+$/);
  expect(written?.userAgent).toHaveLength(256);
  expect(written?.detail).toEqual({ path: "/a�b�[1m" });
});

test("two calls of flush wait for the same one", async () => {
  const audit = writer();
  audit.record({ event: "session_logout" }, null);
  await Promise.all([audit.flush(), audit.flush()]);
  expect(log.written).toHaveLength(1);
});
