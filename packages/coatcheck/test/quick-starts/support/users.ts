/** What the programs of the documents call their own. */
export interface User {
  readonly id: string;
  readonly email: string;
}

const users: readonly User[] = [
  { id: "1", email: "ada@example.com" },
  { id: "2", email: "grace@example.com" },
  { id: "3", email: "mary@example.com" },
];

export async function findUser(id: string): Promise<User | undefined> {
  return users.find((user) => user.id === id && !deleted.has(id));
}

export async function findUserByEmail(email: string): Promise<User | undefined> {
  return users.find((user) => user.email === email && !deleted.has(user.id));
}

const passwords = new Map(users.map(({ id }) => [id, `password of ${id}`]));

/** How often each password was checked that says by its beginning how often everything of its user is revoked. */
const checks = new Map<string, number>();

/** "password of 1" is that of user 1; "2 times revoked: password of 1" has all sessions revoked in its first two checks. */
export async function passwordMatches(user: User | undefined, password: string): Promise<boolean> {
  const [, times = "0", own = password] = /^(\d+) times revoked: (.*)$/.exec(password) ?? [];
  const before = checks.get(password) ?? 0;
  checks.set(password, before + 1);
  if (user !== undefined && before < Number(times)) await revokeAll(user.id);
  return user !== undefined && own === passwords.get(user.id);
}

/** The test has the program put its sessions there. */
async function revokeAll(userId: string): Promise<void> {
  const { sessions } = globalThis as { sessions?: { revokeAll(userId: string): Promise<unknown> } };
  await sessions?.revokeAll(userId);
}

export async function changePassword(user: User, password: string): Promise<void> {
  passwords.set(user.id, password);
}

const deleted = new Set<string>();

export async function deleteUser({ id }: User): Promise<void> {
  deleted.add(id);
}

export function isBanned({ id }: User): boolean {
  return id === "banned";
}

const codes = new Set(["1:246810", "3:135790"]);

/** Each is right once. */
export async function consumeCode(userId: string, code: string): Promise<boolean> {
  return codes.delete(`${userId}:${code}`);
}

export async function findUserByApiKey(key: string): Promise<User | undefined> {
  return key === "Bearer key of 2" ? users[1] : undefined;
}
