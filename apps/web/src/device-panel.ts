import { type DeviceSession, signOutDevice, signOutEverywhereElse } from "./api.ts";
import { confirmIn } from "./confirm-dialog.ts";
import { deviceName, keepTimesCurrent, showDevices } from "./device-list.ts";
import { find, whileBusy } from "./dom.ts";
import { MessageArea } from "./message-area.ts";
import type { Reauthentication } from "./reauthentication.ts";

/** The list of signed-in devices, and the two ways to make it shorter. */
export class DevicePanel {
  readonly #reauthentication: Reauthentication;
  readonly #messages: MessageArea;
  readonly #list: HTMLElement;
  readonly #heading: HTMLElement;
  readonly #noOthers: HTMLElement;
  readonly #everywhere: HTMLButtonElement;

  constructor(section: HTMLElement, confirmation: HTMLDialogElement, reauthentication: Reauthentication) {
    this.#reauthentication = reauthentication;
    this.#messages = new MessageArea(section);
    this.#list = find("ul", HTMLElement, section);
    this.#heading = find("h2", HTMLElement, section);
    this.#noOthers = find("[data-no-others]", HTMLElement, section);
    this.#everywhere = find("button[data-everywhere]", HTMLButtonElement, section);
    this.#everywhere.addEventListener("click", () => {
      void whileBusy(this.#everywhere, async () => {
        if (await confirmIn(confirmation)) await this.#signOutEverywhereElse();
      });
    });
    keepTimesCurrent(this.#list);
  }

  show(sessions: readonly DeviceSession[]): void {
    showDevices(this.#list, sessions, (session, button) => {
      void whileBusy(button, () => this.#signOut(session, button));
    });
    this.#showWhetherOthers();
  }

  async #signOut(session: DeviceSession, button: HTMLButtonElement): Promise<void> {
    this.#messages.clear();
    const outcome = await this.#reauthentication.around(() => signOutDevice(session.id));
    if (outcome.kind === "cancelled") return;
    const alreadyGone = outcome.kind === "refused" && outcome.status === 404;
    if (outcome.kind !== "done" && !alreadyGone) return this.#messages.showFailure(outcome);

    this.#takeOff([button]);
    this.#messages.showNotice(`${deviceName(session)} ${alreadyGone ? "was already" : "is now"} signed out.`);
  }

  async #signOutEverywhereElse(): Promise<void> {
    this.#messages.clear();
    const outcome = await this.#reauthentication.around(signOutEverywhereElse);
    if (outcome.kind === "cancelled") return;
    if (outcome.kind !== "done") return this.#messages.showFailure(outcome);

    this.#takeOff(this.#signOutButtons());
    const { revoked } = outcome.value;
    this.#messages.showNotice(`${revoked} other ${revoked === 1 ? "device is" : "devices are"} now signed out.`);
  }

  /** Takes these devices off the list, and leaves the others untouched: one of them may be busy or have the focus. */
  #takeOff(buttons: readonly HTMLButtonElement[]): void {
    const losesFocus = [...buttons, this.#everywhere].some((button) => button === document.activeElement);
    for (const button of buttons) button.closest("li")?.remove();
    this.#showWhetherOthers();
    // Not to the next button: Enter, held down a little long, would sign that device out as well.
    if (losesFocus) this.#heading.focus();
  }

  #showWhetherOthers(): void {
    const hasOthers = this.#signOutButtons().length > 0;
    this.#everywhere.hidden = !hasOthers;
    this.#noOthers.hidden = hasOthers;
  }

  #signOutButtons(): HTMLButtonElement[] {
    return [...this.#list.querySelectorAll("button")];
  }
}
