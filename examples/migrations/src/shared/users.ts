import { hash, verify } from "@node-rs/argon2";

export interface User {
  readonly id: string;
  readonly email: string;
}

const PEOPLE = [
  { id: "1", email: "ada@example.com", password: "counting analytical engines" },
  { id: "2", email: "grace@example.com", password: "nanoseconds by the yard" },
];

/** Stands for the table of users that an application has, and keeps: a move to other sessions does not touch it. */
export class Users {
  readonly #users: readonly User[] = PEOPLE.map(({ id, email }) => ({ id, email }));
  readonly #hashes: ReadonlyMap<string, string>;
  readonly #decoy: string;

  static async create(): Promise<Users> {
    const entries = PEOPLE.map(async ({ id, password }) => [id, await hash(password)] as const);
    return new Users(new Map(await Promise.all(entries)), await hash("nobody's password"));
  }

  private constructor(hashes: ReadonlyMap<string, string>, decoy: string) {
    this.#hashes = hashes;
    this.#decoy = decoy;
  }

  find(id: string): User | undefined {
    return this.#users.find((user) => user.id === id);
  }

  findByEmail(email: unknown): User | undefined {
    return this.#users.find((user) => user.email === email);
  }

  /** Takes as long for an unknown user as for a known one: the time tells no stranger who has an account. */
  async passwordMatches(user: User | undefined, password: unknown): Promise<boolean> {
    const own = user && this.#hashes.get(user.id);
    const matches = await verify(own ?? this.#decoy, typeof password === "string" ? password : "");
    return matches && own !== undefined;
  }
}
