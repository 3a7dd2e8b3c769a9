import { reauthenticate, whoAmI } from "./api.ts";
import { showConnectivity } from "./connectivity.ts";
import { find } from "./dom.ts";
import { handleSubmit } from "./handle-submit.ts";
import { navigate, redirectWithoutSession } from "./navigate.ts";
import { nextUrl, switchUserUrl } from "./next-url.ts";

const form = find("form", HTMLFormElement);
const email = find("input[name=email]", HTMLInputElement, form);
const password = find("input[name=password]", HTMLInputElement, form);
const next = new URLSearchParams(location.search).get("next");

handleSubmit(form, {
  send: () => redirectWithoutSession(reauthenticate(password.value)),
  onDone: () => navigate(nextUrl(next, location)),
  fieldAtFault: ({ code }) => (code === "invalid_credentials" ? password : null),
});

/** For the browser's store of passwords, which may hold those of several accounts. Without it the form does as well. */
async function nameAccount(): Promise<void> {
  const me = await redirectWithoutSession(whoAmI());
  if (me.kind === "done") email.value = me.value.user.email;
}

find("#switch-user", HTMLAnchorElement).href = switchUserUrl(next, location);
showConnectivity();
void nameAccount();
