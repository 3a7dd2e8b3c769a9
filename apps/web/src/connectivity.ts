import { find } from "./dom.ts";

/** Says so while the browser knows that it has no network. */
export function showConnectivity(): void {
  const notice = find("#connectivity", HTMLElement);
  const update = () => {
    notice.textContent = navigator.onLine ? "" : "You are offline. This page works again once you are connected.";
  };
  addEventListener("online", update);
  addEventListener("offline", update);
  update();
}
