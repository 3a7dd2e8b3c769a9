import { Client, type ClientOptions } from "coatcheck/client";
import type { User } from "../shared/users.ts";

/** The page's script after: there is no token that it could hold, lose or be asked for. */
export class Page {
  readonly #url: string;
  readonly #client: Client<User>;

  constructor(url: string, options: ClientOptions = {}) {
    this.#url = url;
    this.#client = new Client({ baseUrl: `${url}/auth`, ...options });
  }

  logIn(email: string, password: string): Promise<User> {
    return this.#client.login({ email, password });
  }

  me(): Promise<User | null> {
    return this.#client.me();
  }

  async notes(): Promise<readonly string[]> {
    const response = await this.#client.fetch(`${this.#url}/notes`);
    return response.json() as Promise<readonly string[]>;
  }

  logOut(): Promise<void> {
    return this.#client.logout();
  }

  /** Hears of no logout in other tabs any more. */
  close(): void {
    this.#client.close();
  }
}
