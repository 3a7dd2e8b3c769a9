import { find } from "./dom.ts";

/**
 * Lets people see the password that they type, which helps with a long one (NIST SP 800-63B-4, section 3.1.1.2).
 * Returns what hides all of the form's passwords again.
 */
export function enablePasswordReveal(form: HTMLFormElement): () => void {
  const hide = [...form.querySelectorAll<HTMLButtonElement>("button[data-reveals]")].map((button) => {
    const field = find(`input[name="${button.dataset.reveals}"]`, HTMLInputElement, form);
    const verb = find("span", HTMLElement, button);
    const show = (shown: boolean) => {
      field.type = shown ? "text" : "password";
      verb.textContent = shown ? "Hide" : "Show";
    };
    button.addEventListener("click", () => show(field.type === "password"));
    return () => show(false);
  });
  return () => {
    for (const hideOne of hide) hideOne();
  };
}
