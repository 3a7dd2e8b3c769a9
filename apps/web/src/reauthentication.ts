import { reauthenticate } from "./api.ts";
import { CONFIRMED, confirmIn } from "./confirm-dialog.ts";
import { find } from "./dom.ts";
import { handleSubmit } from "./handle-submit.ts";
import type { MessageArea } from "./message-area.ts";
import { redirectWithoutSession } from "./navigate.ts";
import { isRefusal, type Outcome } from "./outcome.ts";

export type FreshOutcome<Value> = Outcome<Value> | { readonly kind: "cancelled" };

/** Asks for the password again when an action needs a login that is more recent than this one. */
export class Reauthentication {
  readonly #dialog: HTMLDialogElement;
  readonly #password: HTMLInputElement;
  readonly #messages: MessageArea;

  constructor(dialog: HTMLDialogElement) {
    this.#dialog = dialog;
    this.#password = find("input[name=password]", HTMLInputElement, dialog);
    this.#messages = handleSubmit(find("form", HTMLFormElement, dialog), {
      send: () => redirectWithoutSession(reauthenticate(this.#password.value)),
      onDone: () => dialog.close(CONFIRMED),
      fieldAtFault: ({ code }) => (code === "invalid_credentials" ? this.#password : null),
    });
    find("button[data-cancel]", HTMLButtonElement, dialog).addEventListener("click", () => dialog.close());
  }

  /** Runs the action; once more, and only once, after the person has given the password that it turned out to need. */
  async around<Value>(action: () => Promise<Outcome<Value>>): Promise<FreshOutcome<Value>> {
    const outcome = await redirectWithoutSession(action());
    if (!isRefusal(outcome, "reauthentication_required")) return outcome;
    return (await this.#confirm()) ? redirectWithoutSession(action()) : { kind: "cancelled" };
  }

  async #confirm(): Promise<boolean> {
    this.#messages.clear();
    const confirmed = await confirmIn(this.#dialog);
    this.#password.value = "";
    return confirmed;
  }
}
