/*
 * Most user agents have the same texts in common, which would be the largest part of a session. Each of the fragments
 * below is kept as one character, from U+0001 on. The list is part of the format: it may grow at its end, up to U+001F,
 * and must never change.
 */
const FRAGMENTS = [
  "Mozilla/5.0 (",
  "Windows NT 10.0; Win64; x64",
  "Macintosh; Intel Mac OS X 10",
  "X11; Linux x86_64",
  "iPhone; CPU iPhone OS ",
  "Linux; Android ",
  " like Mac OS X",
  ") AppleWebKit/537.36 (KHTML, like Gecko) Chrome/",
  ") AppleWebKit/605.1.15 (KHTML, like Gecko) Version/",
  ".0.0.0 Safari/537.36",
  ".0.0.0 Mobile Safari/537.36",
  " Mobile/15E148 Safari/604.1",
  " Safari/605.1.15",
  ".0) Gecko/20100101 Firefox/",
] as const;

const CHARACTER_OF = new Map<string, string>(
  FRAGMENTS.map((fragment, index) => [fragment, String.fromCharCode(index + 1)]),
);
const ANY_FRAGMENT = new RegExp(FRAGMENTS.map((fragment) => fragment.replaceAll(/[.()/]/g, "\\$&")).join("|"), "g");
const CONTROL_CHARACTER = /\p{Cc}/u;
const CONTROL_CHARACTERS = /\p{Cc}/gu;
/**
 * Precedes a text that is kept unchanged, because it contains such characters itself. HTTP never transmits such a text.
 */
const AS_IT_IS = "\u0000";

export function shortenUserAgent(text: string): string {
  if (CONTROL_CHARACTER.test(text)) return AS_IT_IS + text;
  return text.replaceAll(ANY_FRAGMENT, (fragment) => CHARACTER_OF.get(fragment) ?? fragment);
}

export function restoreUserAgent(text: string): string {
  if (text.startsWith(AS_IT_IS)) return text.slice(1);
  return text.replaceAll(CONTROL_CHARACTERS, (character) => FRAGMENTS[character.charCodeAt(0) - 1] ?? character);
}
