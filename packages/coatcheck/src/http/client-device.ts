import { isIP, isIPv4 } from "node:net";
import { ipv6Groups, plainAddress } from "../core/plain-address.ts";
import type { Device } from "../core/session-record.ts";

/** How much of a client's address is kept: all of it, its network (/24 or /48), or nothing. */
export type AddressPrecision = "whole" | "network" | "none";

export interface ClientFacts {
  readonly userAgent: string | null;
  /** The address of the client as the application knows it, behind however many proxies it trusts. */
  readonly address: string | undefined;
}

const MAXIMUM_USER_AGENT_LENGTH = 256;

// The order matters: browsers imitate each other, and the one that names itself last is the one it is.
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?\/|\bEdgiOS\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\bFirefox\/|\bFxiOS\//, "Firefox"],
  [/\bChrome\/|\bCriOS\/|\bHeadlessChrome\//, "Chrome"],
  [/\bVersion\/.*\bSafari\//, "Safari"],
  [/^curl\//, "curl"],
];

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bWindows\b/, "Windows"],
  [/\bMacintosh\b|\bMac OS X\b/, "macOS"],
  [/\bLinux\b|\bX11\b/, "Linux"],
];

/** Describes the client for the list of devices. Everything here is the client's own word: never decide by it. */
export function describeDevice(client: ClientFacts, precision: AddressPrecision): Device {
  const userAgent = sameText(keptUserAgent(client.userAgent));
  return {
    label: userAgent === null ? "Unknown device" : labelOf(userAgent),
    userAgent,
    ip: client.address === undefined ? null : truncateAddress(client.address, precision),
  };
}

/**
 * One text for all sessions of one kind of browser, as far as they are in this process: else each would have a copy, which
 * the request's header is compared with, and none is in the processor's cache when its session is asked for.
 */
const texts = new Map<string, string>();
const MAXIMUM_TEXTS = 1_000;

function sameText(userAgent: string | null): string | null {
  // One that was cut would keep the whole header in memory.
  if (userAgent === null || userAgent.length >= MAXIMUM_USER_AGENT_LENGTH) return userAgent;
  const known = texts.get(userAgent);
  if (known !== undefined) return known;
  if (texts.size >= MAXIMUM_TEXTS) texts.clear();
  texts.set(userAgent, userAgent);
  return userAgent;
}

/** What is kept of a User-Agent header; null for nothing. */
export function keptUserAgent(header: string | null): string | null {
  if (header === null) return null;
  const text = header.slice(0, MAXIMUM_USER_AGENT_LENGTH);
  // A header can carry control characters through some servers; a list of devices must not.
  return (/\p{Cc}/u.test(text) ? text.replace(/\p{Cc}+/gu, " ") : text).trim() || null;
}

function labelOf(userAgent: string): string {
  const browser = BROWSERS.find(([pattern]) => pattern.test(userAgent))?.[1];
  const system = SYSTEMS.find(([pattern]) => pattern.test(userAgent))?.[1];
  if (browser === undefined) return system === undefined ? "Unknown device" : `Browser on ${system}`;
  return system === undefined ? browser : `${browser} on ${system}`;
}

/** `192.0.2.7` becomes `192.0.2.0/24`, `2001:db8:1:2::3` becomes `2001:db8:1::/48`; what is no address becomes null. */
function truncateAddress(address: string, precision: AddressPrecision): string | null {
  const plain = plainAddress(address);
  if (precision === "none" || isIP(plain) === 0) return null;
  if (precision === "whole") return plain;
  if (isIPv4(plain)) return `${plain.slice(0, plain.lastIndexOf("."))}.0/24`;
  return `${ipv6Groups(plain).slice(0, 3).join(":")}::/48`;
}
