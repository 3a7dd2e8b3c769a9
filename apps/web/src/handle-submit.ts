import { find, whileBusy } from "./dom.ts";
import type { Wording } from "./failure-text.ts";
import { MessageArea } from "./message-area.ts";
import type { Outcome, Refused } from "./outcome.ts";
import { enablePasswordReveal } from "./password-reveal.ts";

export interface Submission<Value> {
  readonly send: () => Promise<Outcome<Value>>;
  readonly onDone: (value: Value) => void | Promise<void>;
  /** The field to go back to, for a refusal that the person can put right there. */
  readonly fieldAtFault?: (refusal: Refused) => HTMLInputElement | null;
  readonly wordingFor?: (refusal: Refused) => Wording;
}

/**
 * Gives a form its conversation with the server: one submission at a time, none while the server says to wait.
 * The submit button is disabled in the HTML, because a form sent by the browser itself would not be understood.
 */
export function handleSubmit<Value>(form: HTMLFormElement, submission: Submission<Value>): MessageArea {
  const button = find("button[type=submit]", HTMLButtonElement, form);
  const messages = new MessageArea(form);
  const hidePasswords = enablePasswordReveal(form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void whileBusy(button, async () => {
      messages.clear();
      // What a browser sends as text it may offer again as text.
      hidePasswords();
      const failure = await withBusyLabel(button, async () => {
        const outcome = await submission.send();
        if (outcome.kind !== "done") return outcome;
        await submission.onDone(outcome.value);
        return null;
      });
      if (failure === null) return;
      if (failure.kind === "refused") returnTo(submission.fieldAtFault?.(failure));
      await messages.showFailure(failure, failure.kind === "refused" ? submission.wordingFor?.(failure) : {});
    });
  });
  button.disabled = false;
  return messages;
}

function returnTo(field: HTMLInputElement | null | undefined): void {
  field?.focus();
  field?.select();
}

async function withBusyLabel<Result>(button: HTMLButtonElement, task: () => Promise<Result>): Promise<Result> {
  const label = button.textContent;
  button.textContent = button.dataset.busyLabel ?? label;
  try {
    return await task();
  } finally {
    button.textContent = label;
  }
}
