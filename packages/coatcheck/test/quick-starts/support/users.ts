/** What a quick start calls its own. */
export interface User {
  readonly id: string;
  readonly email: string;
}

const users: readonly User[] = [
  { id: "1", email: "ada@example.com" },
  { id: "2", email: "grace@example.com" },
];

export async function findUser(id: string): Promise<User | undefined> {
  return users.find((user) => user.id === id);
}

export async function findUserByEmail(email: string): Promise<User | undefined> {
  return users.find((user) => user.email === email);
}

/** How often each password was checked that says by its beginning how often everything of its user is revoked. */
const checks = new Map<string, number>();

/** "password of 1" is that of user 1; "2 times revoked: password of 1" has all sessions revoked in its first two checks. */
export async function passwordMatches(user: User | undefined, password: string): Promise<boolean> {
  const [, times = "0", own = password] = /^(\d+) times revoked: (.*)$/.exec(password) ?? [];
  const before = checks.get(password) ?? 0;
  checks.set(password, before + 1);
  if (user !== undefined && before < Number(times)) await revokeAll(user.id);
  return user !== undefined && own === `password of ${user.id}`;
}

/** The test has the quick start put its sessions there. */
async function revokeAll(userId: string): Promise<void> {
  const { sessions } = globalThis as { sessions?: { revokeAll(userId: string): Promise<unknown> } };
  await sessions?.revokeAll(userId);
}
