import { find } from "./dom.ts";

/** How the listener's session came to its end. */
export type Parting = "signed_out" | "ended";

const TEXTS: Readonly<Record<Parting, { readonly heading: string; readonly text: string; readonly link: string }>> = {
  signed_out: {
    heading: "You are signed out",
    text: "The passes for your songs are void. Thank you for listening.",
    link: "Sign in again",
  },
  ended: {
    heading: "Your session has ended",
    text: "It was a while, or you signed out elsewhere. Sign in again, and the music goes on where it stopped.",
    link: "Sign in to go on",
  },
};

/** Puts a kind word in the place of the songs, which are private again. */
export function sayFarewell(parting: Parting): void {
  const { heading, text, link } = TEXTS[parting];
  const headline = find("#farewell-heading", HTMLElement);
  headline.textContent = heading;
  find("#farewell-text", HTMLElement).textContent = text;
  find("#sign-in", HTMLAnchorElement).textContent = link;
  for (const selector of ["#room", "#loading", ".page-header nav"]) find(selector, HTMLElement).hidden = true;
  find("#farewell", HTMLElement).hidden = false;
  document.title = `${heading} · Cloakroom Sessions`;
  // A screen reader reads it out: its user cannot see that the page has changed.
  headline.focus();
}
