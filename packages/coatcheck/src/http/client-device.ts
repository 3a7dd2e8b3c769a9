import { isIP, isIPv4 } from "node:net";
import { BoundedCache } from "../core/bounded-cache.ts";
import { ipv6Groups, plainAddress } from "../core/plain-address.ts";
import type { Device } from "../core/session-record.ts";

/** The part of a client's address that is kept: all of it, its network (/24 or /48), or nothing. */
export type AddressPrecision = "whole" | "network" | "none";

export interface ClientFacts {
  readonly userAgent: string | null;
  /** The address of the client, as the application knows it behind the proxies that it trusts. */
  readonly address: string | undefined;
}

const MAXIMUM_USER_AGENT_LENGTH = 256;

// The order matters: browsers also name those that they imitate, and the real name comes last.
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

/** Describes the client for the list of devices. The client chooses all of these texts: never decide by them. */
export function describeDevice(client: ClientFacts, precision: AddressPrecision): Device {
  const userAgent = sameText(keptUserAgent(client.userAgent));
  return {
    label: userAgent === null ? "Unknown device" : labelOf(userAgent),
    userAgent,
    ip: client.address === undefined ? null : truncateAddress(client.address, precision),
  };
}

/**
 * Shares one text among all sessions of one kind of browser in this process. Otherwise each session would have a copy,
 * and the comparison with the request's header would miss the processor's cache each time.
 */
const texts = new BoundedCache<string>(1_000);

function sameText(userAgent: string | null): string | null {
  // A text that was cut would keep the whole header in memory.
  if (userAgent === null || userAgent.length >= MAXIMUM_USER_AGENT_LENGTH) return userAgent;
  const known = texts.get(userAgent);
  if (known !== undefined) return known;
  texts.set(userAgent, userAgent);
  return userAgent;
}

/** The part of a User-Agent header that is kept; null for nothing. */
export function keptUserAgent(header: string | null): string | null {
  if (header === null) return null;
  const text = header.slice(0, MAXIMUM_USER_AGENT_LENGTH);
  // Through some servers a header can carry control characters; a list of devices must not.
  return (/\p{Cc}/u.test(text) ? text.replace(/\p{Cc}+/gu, " ") : text).trim() || null;
}

function labelOf(userAgent: string): string {
  const browser = BROWSERS.find(([pattern]) => pattern.test(userAgent))?.[1];
  const system = SYSTEMS.find(([pattern]) => pattern.test(userAgent))?.[1];
  if (browser === undefined) return system === undefined ? "Unknown device" : `Browser on ${system}`;
  return system === undefined ? browser : `${browser} on ${system}`;
}

/**
 * `192.0.2.7` becomes `192.0.2.0/24`, `2001:db8:1:2::3` becomes `2001:db8:1::/48`; a text that is no address becomes
 * null.
 */
function truncateAddress(address: string, precision: AddressPrecision): string | null {
  const plain = plainAddress(address);
  if (precision === "none" || isIP(plain) === 0) return null;
  if (precision === "whole") return plain;
  if (isIPv4(plain)) return `${plain.slice(0, plain.lastIndexOf("."))}.0/24`;
  return `${ipv6Groups(plain).slice(0, 3).join(":")}::/48`;
}
