import { signIn } from "./api.ts";
import { showConnectivity } from "./connectivity.ts";
import { find } from "./dom.ts";
import { handleSubmit } from "./handle-submit.ts";
import { navigate } from "./navigate.ts";
import { nextUrl } from "./next-url.ts";

const form = find("form", HTMLFormElement);
const email = find("input[name=email]", HTMLInputElement, form);
const password = find("input[name=password]", HTMLInputElement, form);
const remember = find("input[name=remember]", HTMLInputElement, form);
const parameters = new URLSearchParams(location.search);

const messages = handleSubmit(form, {
  send: () => signIn({ email: email.value, password: password.value, remember: remember.checked }),
  onDone: () => navigate(nextUrl(parameters.get("next"), location)),
  fieldAtFault: ({ code }) => (code === "invalid_credentials" ? password : null),
  wordingFor: () => ({
    invalid_credentials: "That email and password do not match. Check both, then try again.",
  }),
});

if (!navigator.cookieEnabled) messages.showProblem("Signing in needs cookies, which are switched off in this browser.");
else if (parameters.has("signed-out")) messages.showNotice("You are signed out on this device.");
else if (parameters.has("switch-user"))
  messages.showNotice("Sign in as someone else. That signs you out of the account you are in now.");
else if (parameters.has("next")) messages.showNotice("Please sign in to continue.");
showConnectivity();
