import type { User } from "../shared/users.ts";

/** As much of `localStorage` as is used. */
export interface TokenStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** The page's script before: it holds the token, and so does every other script that gets into the page. */
export class Page {
  readonly #url: string;
  readonly #storage: TokenStorage;

  constructor(url: string, storage: TokenStorage) {
    this.#url = url;
    this.#storage = storage;
  }

  async logIn(email: string, password: string): Promise<User> {
    const response = await fetch(`${this.#url}/auth/login`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email, password }),
    });
    const { user, token } = (await response.json()) as { user: User; token: string };
    this.#storage.setItem("token", token);
    return user;
  }

  async me(): Promise<User | null> {
    const response = await this.#get("/auth/me");
    return response.ok ? (response.json() as Promise<User>) : null;
  }

  async notes(): Promise<readonly string[]> {
    const response = await this.#get("/notes");
    return response.json() as Promise<readonly string[]>;
  }

  async logOut(): Promise<void> {
    this.#storage.removeItem("token");
  }

  #get(path: string): Promise<Response> {
    const headers = { authorization: `Bearer ${this.#storage.getItem("token")}` };
    return fetch(this.#url + path, { headers });
  }
}
