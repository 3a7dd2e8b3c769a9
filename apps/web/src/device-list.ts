import type { DeviceSession } from "./api.ts";
import { make, spoken } from "./dom.ts";
import { absoluteTime, relativeTime } from "./time-text.ts";

const PHONE = /iPhone|iPad|Android/;
const REFRESH_MILLISECONDS = 30_000;

export type SignOutHandler = (session: DeviceSession, button: HTMLButtonElement) => void;

/** Fills the list: this device first, then the others as the server orders them, most recently seen first. */
export function showDevices(list: HTMLElement, sessions: readonly DeviceSession[], onSignOut: SignOutHandler): void {
  const current = sessions.filter((session) => session.current);
  const others = sessions.filter((session) => !session.current);
  list.replaceChildren(...[...current, ...others].map((session) => deviceItem(session, onSignOut)));
}

function deviceItem(session: DeviceSession, onSignOut: SignOutHandler): HTMLLIElement {
  const facts = make("div", { id: `facts-${session.id}` }, ...factsOf(session));
  const heading = make("h3", {}, session.device);
  const place = session.site === null ? [] : [make("p", { className: "site" }, session.site)];
  const text = make("div", { className: "device-text" }, heading, ...place, badges(session), facts);
  const item = make("li", { className: "device" }, icon(session), text);
  if (session.current) return item;

  const button = make("button", { type: "button" }, "Sign out", spoken(` ${deviceName(session)}`));
  // Two devices may have one name: then these tell them apart.
  button.setAttribute("aria-describedby", facts.id);
  button.addEventListener("click", () => onSignOut(session, button));
  item.append(button);
  return item;
}

/** By which its user tells it from others: with the site, where there are several. */
export function deviceName({ device, site }: DeviceSession): string {
  return site === null ? device : `${device} at ${site}`;
}

function icon(session: DeviceSession): HTMLElement {
  return make("span", { className: `icon ${PHONE.test(session.device) ? "icon-phone" : "icon-computer"}` });
}

function badges(session: DeviceSession): HTMLElement {
  const line = make("p", { className: "badges" });
  if (session.current) line.append(make("span", { className: "badge badge-current" }, "This device"), " ");
  if (session.remembered) line.append(make("span", { className: "badge" }, "Kept signed in"));
  return line;
}

function factsOf(session: DeviceSession): HTMLElement[] {
  const seen = make("p", { className: "facts" }, make("span", {}, "Last seen ", timeElement(session.lastSeenAt)));
  if (session.ip !== null) seen.append(" ", make("span", { className: "ip" }, session.ip));
  const lifetime = make(
    "p",
    { className: "facts" },
    make("span", {}, "Signed in ", timeElement(session.createdAt)),
    " ",
    make("span", {}, "Expires ", timeElement(session.expiresAt, { deadline: "" })),
  );
  return [seen, lifetime];
}

function timeElement(iso: string, data: { deadline?: "" } = {}): HTMLTimeElement {
  const element = make("time", { dateTime: iso, title: absoluteTime(Date.parse(iso)) });
  Object.assign(element.dataset, data);
  updateTime(element);
  return element;
}

function updateTime(element: HTMLTimeElement): void {
  const time = Date.parse(element.dateTime);
  const hasPassed = element.dataset.deadline !== undefined && time <= Date.now();
  element.textContent = hasPassed ? "now" : relativeTime(time, Date.now());
}

/** "5 minutes ago" goes out of date while one looks at it. */
export function keepTimesCurrent(list: HTMLElement): void {
  setInterval(() => {
    for (const time of list.querySelectorAll("time")) updateTime(time);
  }, REFRESH_MILLISECONDS);
}
