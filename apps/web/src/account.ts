import { listSessions, signOut, whoAmI } from "./api.ts";
import { enablePasswordChange } from "./change-password.ts";
import { showConnectivity } from "./connectivity.ts";
import { DevicePanel } from "./device-panel.ts";
import { find, whileBusy } from "./dom.ts";
import { failureText } from "./failure-text.ts";
import { MessageArea } from "./message-area.ts";
import { navigate, redirectWithoutSession } from "./navigate.ts";
import { SIGNED_OUT_URL } from "./next-url.ts";
import type { Failure } from "./outcome.ts";
import { Reauthentication } from "./reauthentication.ts";

const loading = find("#loading", HTMLElement);
const loadFailed = find("#load-failed", HTMLElement);
const content = find("#content", HTMLElement);
const signOutButton = find("#sign-out", HTMLButtonElement);
const tryAgainButton = find("button", HTMLButtonElement, loadFailed);
const headerMessages = new MessageArea(find("#account-messages", HTMLElement));
const reauthentication = new Reauthentication(find("#reauthentication", HTMLDialogElement));
const devices = new DevicePanel(
  find("#devices", HTMLElement),
  find("#everywhere-confirmation", HTMLDialogElement),
  reauthentication,
);

async function load(): Promise<void> {
  loadFailed.hidden = true;
  loading.hidden = !content.hidden;
  const [me, list] = await Promise.all([redirectWithoutSession(whoAmI()), redirectWithoutSession(listSessions())]);
  loading.hidden = true;
  if (me.kind !== "done") return showLoadFailure(me);
  if (list.kind !== "done") return showLoadFailure(list);

  const { name, email } = me.value.user;
  find("#user-name", HTMLElement).textContent = name;
  find("#user-email", HTMLElement).textContent = email;
  for (const field of document.querySelectorAll<HTMLInputElement>("input[autocomplete=username]")) field.value = email;
  devices.show(list.value.sessions);
  content.hidden = false;
}

function showLoadFailure(failure: Failure): void {
  loadFailed.hidden = false;
  find("[role=alert]", HTMLElement, loadFailed).textContent = failureText(failure);
}

enablePasswordChange(find("#change-password", HTMLFormElement), load);
tryAgainButton.addEventListener("click", () => void whileBusy(tryAgainButton, load));
signOutButton.addEventListener("click", () => {
  void whileBusy(signOutButton, async () => {
    const outcome = await signOut();
    if (outcome.kind === "done") await navigate(SIGNED_OUT_URL);
    else headerMessages.showProblem(`You are not signed out yet. ${failureText(outcome)}`);
  });
});

// Back, after a sign-out, may bring this page out of the browser's memory: it has to ask again.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
showConnectivity();
void load();
