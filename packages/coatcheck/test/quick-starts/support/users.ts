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

export async function passwordMatches(id: string, password: string): Promise<boolean> {
  return password === `password of ${id}`;
}
