import { signOut, whoAmI } from "./api.ts";
import { showConnectivity } from "./connectivity.ts";
import { find } from "./dom.ts";
import { handleSubmit } from "./handle-submit.ts";
import { navigate } from "./navigate.ts";
import { SIGNED_OUT_URL } from "./next-url.ts";

handleSubmit(find("form", HTMLFormElement), {
  send: signOut,
  onDone: () => navigate(SIGNED_OUT_URL),
  fieldAtFault: () => null,
});

/** Says which user, at which site, so that people see what they sign out of. The button works without it. */
async function nameAccount(): Promise<void> {
  const me = await whoAmI();
  if (me.kind === "refused" && me.status === 401) return navigate(SIGNED_OUT_URL);
  if (me.kind !== "done") return;
  find("#who", HTMLElement).textContent = `You are signed in to ${location.host} as ${me.value.user.email}.`;
}

// Back, after a sign-out, may bring this page out of the browser's memory: it has to ask again.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
showConnectivity();
void nameAccount();
