import { randomBytes } from "node:crypto";
import type { Timestamp } from "coatcheck";
import type { EmailAddress } from "./email-address.ts";

/** A person who can log in. Holds no secret: safe to log and to hand to a route. */
export interface Account {
  /** 22 random base64url characters. Never changed and never reused: sessions are filed under it. */
  readonly id: string;
  readonly email: EmailAddress;
  readonly name: string;
  /** The account's permissions, in the words of the operator's routes and services. */
  readonly roles: readonly string[];
  readonly disabled: boolean;
  readonly createdAt: Timestamp;
  readonly passwordChangedAt: Timestamp;
}

/** An account with its password hash (a PHC string). Only the code that checks and changes passwords uses it. */
export interface AccountCredential {
  readonly account: Account;
  readonly passwordHash: string;
}

/** 128 random bits: ids do not repeat, reveal nothing, and cannot be enumerated. */
export function newAccountId(): string {
  return randomBytes(16).toString("base64url");
}

const ROLE = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;

/**
 * Whether a text may be a role. Roles go into tokens, headers and configuration, where commas and spaces separate them.
 */
export function isRole(text: string): boolean {
  return ROLE.test(text);
}

export const MAXIMUM_ROLES = 32;

export const MAXIMUM_NAME_LENGTH = 100;

const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029]/u;

/** Whether a name may be stored. Names go into pages, terminals and logs, where control characters do harm. */
export function isAccountName(name: string): boolean {
  return !UNPRINTABLE.test(name) && name.trim() !== "" && [...name].length <= MAXIMUM_NAME_LENGTH;
}
