import { describe, expect, test } from "vitest";
import { describeOnEveryDatabase } from "../../storage/support/every-database.ts";
import { goodPassword, openTestGateway, otherPassword } from "../support/test-accounts.ts";

const home = "192.0.2.1";

type Node = Awaited<ReturnType<typeof openTestGateway>>;

async function logIn({ authenticator, sessions }: Node, password: string, email = "ada@example.com") {
  const claimant = await authenticator.lookUp(email);
  await sessions.begin(claimant.userId);
  return authenticator.checkLogin(claimant, { password, address: home, deviceToken: null });
}

/** So many logins, handed to the nodes in turn, all at once; returns how many had which outcome. */
async function atOnce(nodes: readonly Node[], count: number, password: (index: number) => string) {
  const checks = Array.from({ length: count }, (_, index) =>
    logIn(nodes[index % nodes.length] as Node, password(index)),
  );
  const outcomes = (await Promise.all(checks)).map(({ outcome }) => outcome);
  const counted = { verified: 0, invalid: 0, throttled: 0 };
  for (const outcome of outcomes) counted[outcome]++;
  return counted;
}

describeOnEveryDatabase((database) => {
  /** Nodes on one database, and an account. */
  async function openNodes(count: number): Promise<readonly Node[]> {
    const first = await openTestGateway({}, await database.open());
    await first.addUser("ada@example.com");
    const others = Array.from({ length: count - 1 }, async () => openTestGateway({}, await database.open(first.clock)));
    return [first, ...(await Promise.all(others))];
  }

  describe("right passwords from one address, sent to several nodes at once", () => {
    test("all open the account: no one is told to wait for the others", async () => {
      const nodes = await openNodes(2);
      expect(await atOnce(nodes, 24, () => goodPassword)).toEqual({ verified: 24, invalid: 0, throttled: 0 });
    });

    test("all open the account over six nodes, also after four mistakes", async () => {
      const nodes = await openNodes(6);
      for (let mistake = 0; mistake < 4; mistake++) await logIn(nodes[0] as Node, otherPassword);
      expect(await atOnce(nodes, 30, () => goodPassword)).toEqual({ verified: 30, invalid: 0, throttled: 0 });
    });
  });

  test("wrong passwords sent to several nodes at once are no more guesses than sent in turn", async () => {
    const nodes = await openNodes(3);
    expect(await atOnce(nodes, 60, (index) => `guess number ${index}`)).toEqual({
      verified: 0,
      invalid: 5,
      throttled: 55,
    });
  });

  test("a check whose node died on the way stays counted, and delays the others for seconds at most", async () => {
    const [node] = await openNodes(1);
    if (node === undefined) throw new Error("There is no node.");
    const subject = { email: (await node.authenticator.lookUp("ada@example.com")).email, address: home, trusted: null };
    for (let attempt = 0; attempt < 5; attempt++) expect((await node.throttle.reserve(subject)).allowed).toBe(true);
    expect(await node.throttle.reserve(subject)).toMatchObject({ allowed: false, isUndecided: true });
    node.clock.advanceSeconds(31);
    expect((await node.throttle.reserve(subject)).allowed).toBe(true);
    expect(await node.throttle.reserve(subject)).toMatchObject({ allowed: false });
  });
});
