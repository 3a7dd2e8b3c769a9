import { domainToASCII } from "node:url";

declare const emailAddress: unique symbol;

/** An email address in the one spelling in which accounts are stored, compared and counted. */
export type EmailAddress = string & { readonly [emailAddress]: true };

const MAXIMUM_LENGTH = 254;
const MAXIMUM_LOCAL_PART_LENGTH = 64;

// RFC 5321 dot-string, with the letters of RFC 6531. Quoted local parts are left out: hardly any mailbox has one, and
// they are where parsers disagree about whose address it is.
const LOCAL_PART = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
// Checked before the conversion too, which would silently drop a path or decode a percent sign.
const DOMAIN_LETTERS = /^[\p{L}\p{M}\p{N}.-]+$/u;
const DOMAIN = /^(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*$/;
const NUMERIC_LAST_LABEL = /(^|\.)\d+$/;

/**
 * The address in its stored spelling, or null if the text is not an address: trimmed, NFC, lower case, the domain in
 * its ASCII form. Every address passes through here before it is looked up, so that two spellings are never two
 * accounts. The local part is folded too: mailboxes that differ in case alone belong to one person everywhere that
 * matters, and an account for each would let a stranger register another person's.
 */
export function normaliseEmail(text: string): EmailAddress | null {
  // The length is checked before folding. Apart from accents and surrounding space, no text this long folds down to the
  // limit.
  if (text.length > MAXIMUM_LENGTH * 4) return null;
  const folded = text.trim().normalize("NFC").toLowerCase().normalize("NFC");
  const at = folded.lastIndexOf("@");
  const localPart = folded.slice(0, Math.max(0, at));
  if (localPart.length > MAXIMUM_LOCAL_PART_LENGTH || !LOCAL_PART.test(localPart)) return null;
  const typedDomain = folded.slice(at + 1);
  const domain = DOMAIN_LETTERS.test(typedDomain) ? domainToASCII(typedDomain) : "";
  if (!DOMAIN.test(domain) || NUMERIC_LAST_LABEL.test(domain)) return null;
  const email = `${localPart}@${domain}`;
  return email.length > MAXIMUM_LENGTH ? null : (email as EmailAddress);
}
