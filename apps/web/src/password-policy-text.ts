const REASONS: Readonly<Record<string, string>> = {
  too_short: "it is shorter than 15 characters",
  too_long: "it is too long",
  malformed: "it contains something that is not a character",
  unchanged: "it is the one you have now",
  too_common: "it is one of the passwords that are tried first",
  repetitive: "it is a few characters over and over",
  predictable: "it is little more than common words, years or rows of keys",
  contains_identity: "it is little more than your name or email address",
};

const OTHER_REASON = "it does not meet the rules of this service";

/** Why a new password was refused. A reason that is not known here still leads to a sentence that helps. */
export function passwordRefusedText(reasons: readonly string[]): string {
  const sentences = new Set(reasons.map((reason) => REASONS[reason] ?? OTHER_REASON));
  const why = sentences.size === 0 ? OTHER_REASON : [...sentences].join(", and ");
  return `This password cannot be used: ${why}. Please choose another.`;
}
