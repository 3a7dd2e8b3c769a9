import { changePassword } from "./api.ts";
import { find } from "./dom.ts";
import type { Wording } from "./failure-text.ts";
import { handleSubmit } from "./handle-submit.ts";
import { redirectWithoutSession } from "./navigate.ts";
import type { Refused } from "./outcome.ts";
import { passwordRefusedText } from "./password-policy-text.ts";

/** Changing the password ends every session of the account; the gateway gives this browser a new one. */
export function enablePasswordChange(form: HTMLFormElement, onChanged: () => Promise<void>): void {
  const current = find("input[name=currentPassword]", HTMLInputElement, form);
  const next = find("input[name=newPassword]", HTMLInputElement, form);

  const messages = handleSubmit(form, {
    send: () => redirectWithoutSession(changePassword({ currentPassword: current.value, newPassword: next.value })),
    onDone: async () => {
      form.reset();
      await onChanged();
      messages.showNotice("Your password is changed. Every other device is signed out.");
    },
    fieldAtFault: ({ code }) => {
      if (code === "password_refused") return next;
      return code === "invalid_credentials" ? current : null;
    },
    wordingFor,
  });
}

function wordingFor(refusal: Refused): Wording {
  return {
    invalid_credentials: "Your current password is not right. Please try again.",
    password_refused: passwordRefusedText(refusal.reasons),
  };
}
