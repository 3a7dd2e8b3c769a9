import { expect, test } from "vitest";
import { OverallFailures } from "../../../src/accounts/throttling/overall-failures.ts";
import { goodPassword, openTestGateway, otherPassword } from "../support/test-accounts.ts";

function openFailures() {
  let now = 0;
  let told = 0;
  const failures = new OverallFailures(
    () => told++,
    () => now,
  );
  const fail = (times: number) => {
    for (let failure = 0; failure < times; failure++) failures.failed();
  };
  return { failures, fail, told: () => told, advanceSeconds: (seconds: number) => (now += seconds * 1_000) };
}

test("people who mistype are not delayed, and no one is told", () => {
  const { failures, fail, told } = openFailures();
  fail(120);
  expect([failures.delayMilliseconds(), told()]).toEqual([0, 0]);
});

test("one password tried on many accounts from many addresses is slowed down, the more the longer, and told once", () => {
  const { failures, fail, told } = openFailures();
  fail(180);
  expect(failures.delayMilliseconds()).toBe(1_000);
  fail(10_000);
  expect([failures.delayMilliseconds(), told()]).toEqual([2_000, 1]);
});

test("a minute later no one is delayed any more, and a new wave is told anew", () => {
  const { failures, fail, told, advanceSeconds } = openFailures();
  fail(500);
  advanceSeconds(60);
  expect(failures.delayMilliseconds()).toBe(0);
  fail(121);
  expect(told()).toBe(2);
});

test("only strangers are slowed down, and only wrong passwords are counted", async () => {
  const gateway = await openTestGateway();
  const ada = await gateway.addUser("ada@example.com");
  const known = await gateway.devices.issue(ada.id);
  const asked = { failed: 0, delayMilliseconds: 0 };
  Object.defineProperty(gateway.overall, "failed", { value: () => asked.failed++ });
  Object.defineProperty(gateway.overall, "delayMilliseconds", {
    value: () => {
      asked.delayMilliseconds++;
      return 0;
    },
  });
  const logIn = async (password: string, deviceToken: string | null) => {
    const claimant = await gateway.authenticator.lookUp("ada@example.com");
    await gateway.authenticator.checkLogin(claimant, { password, address: "192.0.2.1", deviceToken });
    return { ...asked };
  };
  expect(await logIn(goodPassword, known)).toEqual({ failed: 0, delayMilliseconds: 0 });
  expect(await logIn(goodPassword, null)).toEqual({ failed: 0, delayMilliseconds: 1 });
  expect(await logIn(otherPassword, null)).toEqual({ failed: 1, delayMilliseconds: 2 });
  expect(await logIn(otherPassword, known)).toEqual({ failed: 2, delayMilliseconds: 2 });
});
