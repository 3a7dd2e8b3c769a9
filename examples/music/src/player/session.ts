import type { Client } from "./coatcheck-client.js";
import { find } from "./dom.ts";
import type { Parting } from "./farewell.ts";

const UNHEARD = "You are still signed in: the server could not be reached. Please try again.";

/**
 * Hears of the end of the session, once: from the button here, from another tab, or from the gateway. `say` is told
 * where signing out has failed.
 */
export function watchSession(client: Client, onEnd: (parting: Parting) => void, say: (text: string) => void): void {
  const button = find("#sign-out", HTMLButtonElement);
  button.addEventListener("click", async () => {
    button.ariaDisabled = "true";
    await client.logout().catch(() => say(UNHEARD));
    button.ariaDisabled = null;
  });
  client.onLogout(() => onEnd("signed_out"));

  const check = async () => {
    // A gateway that does not answer says nothing about the session.
    const me = await client.me().catch(() => undefined);
    if (me === null) onEnd("ended");
  };
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && void check());
  // A page that was left and comes back as it was, songs and all.
  addEventListener("pageshow", ({ persisted }) => persisted && void check());
}
