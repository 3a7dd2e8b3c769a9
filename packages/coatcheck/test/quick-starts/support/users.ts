/** What the programs of the documents call their own. */
export interface User {
  readonly id: string;
  readonly email: string;
}

const users: readonly User[] = [
  { id: "1", email: "ada@example.com" },
  { id: "2", email: "grace@example.com" },
];
const passwords = new Map(users.map(({ id }) => [id, `password of ${id}`]));

export async function findUser(id: string): Promise<User | undefined> {
  return users.find((user) => user.id === id);
}

export async function findUserByEmail(email: string): Promise<User | undefined> {
  return users.find((user) => user.email === email);
}

export async function passwordMatches(user: User | undefined, password: string): Promise<boolean> {
  return user !== undefined && passwords.get(user.id) === password;
}

export async function changePassword(user: User, password: string): Promise<void> {
  passwords.set(user.id, password);
}

const codes = new Set(["1:246810"]);

/** Each is right once. */
export async function consumeCode(userId: string, code: string): Promise<boolean> {
  return codes.delete(`${userId}:${code}`);
}

export async function findUserByApiKey(key: string): Promise<User | undefined> {
  return key === "Bearer key of 2" ? users[1] : undefined;
}
