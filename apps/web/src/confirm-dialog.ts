/** What a dialog is closed with when the person went ahead. Escape and "Cancel" close it with anything else. */
export const CONFIRMED = "confirmed";

/**
 * Opens a modal dialog; true when it was confirmed. The browser returns the focus to where it was. Two callers of one
 * dialog share its answer.
 */
export function confirmIn(dialog: HTMLDialogElement): Promise<boolean> {
  if (!dialog.open) {
    // It still holds the answer of the last time.
    dialog.returnValue = "";
    dialog.showModal();
  }
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === CONFIRMED), { once: true });
  });
}
