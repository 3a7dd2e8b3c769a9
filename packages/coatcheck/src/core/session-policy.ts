import { CoatcheckError } from "../errors.ts";
import type { Timestamp } from "./clock.ts";
import { refuseUnknownOptions } from "./known-options.ts";
import { DUE_AT_ONCE } from "./secret-rotation.ts";
import type { SessionRecord } from "./session-record.ts";
import type { SessionLimit } from "./session-store.ts";

/** The time limits of one kind of session. */
export interface SessionLifetime {
  /** The session ends after this long without a request. */
  readonly idleTimeoutSeconds: number;
  /** The session ends this long after the user last proved who they are, however active it is. */
  readonly absoluteTimeoutSeconds: number;
  /** How often a request replaces the secret; null for sessions that are too short to need it. */
  readonly rotationIntervalSeconds: number | null;
  /** Whether the cookie outlives the browser session (`Max-Age`) or ends with it. */
  readonly persistentCookie: boolean;
}

/** How long sessions last, how long a login is fresh, and how many sessions a user may have. Immutable. */
export interface SessionPolicy {
  /** The limits of a login without "remember me". */
  readonly lifetime: SessionLifetime;
  /** The limits of a remembered login; null if "remember me" is not offered, and asking for it then changes nothing. */
  readonly rememberedLifetime: SessionLifetime | null;
  /** How long after a proof of identity a session counts as freshly authenticated. */
  readonly freshForSeconds: number;
  /**
   * How many sessions one user may have. In both policies here 100; a further login ends the least recently seen one.
   */
  readonly limit: SessionLimit;
}

const DAY = 86_400;
const DEFAULT_LIMIT: SessionLimit = { maximum: 100, whenFull: "evict" };
const MAXIMUM_SESSIONS_PER_USER = 1_000;

const standardLifetime: SessionLifetime = {
  idleTimeoutSeconds: 3_600,
  absoluteTimeoutSeconds: DAY,
  rotationIntervalSeconds: null,
  persistentCookie: false,
};

/** Seven days idle, 30 days at most, across browser restarts, rotated daily: the time limits of NIST SP 800-63B-4 AAL1. */
export const rememberedLifetime: SessionLifetime = {
  idleTimeoutSeconds: 7 * DAY,
  absoluteTimeoutSeconds: 30 * DAY,
  rotationIntervalSeconds: DAY,
  persistentCookie: true,
};

const strictLifetime: SessionLifetime = {
  idleTimeoutSeconds: 900,
  absoluteTimeoutSeconds: DAY / 2,
  rotationIntervalSeconds: null,
  persistentCookie: false,
};

/**
 * The default: one hour idle, 24 hours at most, until the browser closes, which are the time limits of NIST SP 800-63B-4
 * AAL2; remembered logins have `rememberedLifetime`. Time limits alone do not make an assurance level.
 */
export const standardPolicy: SessionPolicy = {
  lifetime: standardLifetime,
  rememberedLifetime,
  freshForSeconds: 900,
  limit: DEFAULT_LIMIT,
};

/**
 * For administration and money: 15 minutes idle, 12 hours at most, which are the time limits of AAL3, and never
 * remembered.
 */
export const strictPolicy: SessionPolicy = {
  lifetime: strictLifetime,
  rememberedLifetime: null,
  freshForSeconds: 300,
  limit: DEFAULT_LIMIT,
};

const POLICY: ReadonlySet<string> = new Set<keyof SessionPolicy>([
  "lifetime",
  "rememberedLifetime",
  "freshForSeconds",
  "limit",
]);

const LIFETIME: ReadonlySet<string> = new Set<keyof SessionLifetime>([
  "idleTimeoutSeconds",
  "absoluteTimeoutSeconds",
  "rotationIntervalSeconds",
  "persistentCookie",
]);

const LIMIT: ReadonlySet<string> = new Set<keyof SessionLimit>(["maximum", "whenFull"]);

/** A part that is left out has no default: an operator who sets one limit has to know the others. */
function requireWhole(owner: string, given: object, parts: ReadonlySet<string>, standard: string): void {
  const missing = [...parts].filter((name) => Reflect.get(given, name) === undefined);
  if (missing.length === 0) return;
  const own = Object.keys(given).filter((name) => !missing.includes(name));
  const example = [`...${standard}`, ...own.map((name) => `${name}: …`)].join(", ");
  const message = `${owner} needs ${missing.join(", ")}, too: write { ${example} }.`;
  throw new CoatcheckError("invalid_configuration", message);
}

/** @throws CoatcheckError `invalid_configuration` */
export function validatePolicy(policy: SessionPolicy): SessionPolicy {
  const refuse = (message: string): never => {
    throw new CoatcheckError("invalid_configuration", message);
  };
  const requirePositive = (name: string, seconds: number): void => {
    if (!Number.isSafeInteger(seconds) || seconds < 1) refuse(`${name} must be a whole number of seconds, at least 1.`);
  };
  refuseUnknownOptions("A policy", policy, POLICY);
  requireWhole("A policy", policy, POLICY, "standardPolicy");
  for (const lifetime of [policy.lifetime, policy.rememberedLifetime]) {
    if (lifetime === null) continue;
    refuseUnknownOptions("A lifetime", lifetime, LIFETIME);
    const standard = lifetime === policy.lifetime ? "standardPolicy.lifetime" : "rememberedLifetime";
    requireWhole("A lifetime", lifetime, LIFETIME, standard);
    if (typeof lifetime.persistentCookie !== "boolean") refuse("persistentCookie is true or false.");
    requirePositive("idleTimeoutSeconds", lifetime.idleTimeoutSeconds);
    requirePositive("absoluteTimeoutSeconds", lifetime.absoluteTimeoutSeconds);
    if (lifetime.rotationIntervalSeconds !== null) {
      requirePositive("rotationIntervalSeconds", lifetime.rotationIntervalSeconds);
    }
    // Browsers limit cookies to 400 days (RFC 6265bis, 5.5), so a longer session would end early without any message.
    if (lifetime.absoluteTimeoutSeconds > 400 * DAY) refuse("absoluteTimeoutSeconds is at most 400 days.");
    if (lifetime.idleTimeoutSeconds > lifetime.absoluteTimeoutSeconds) {
      refuse("idleTimeoutSeconds must not exceed absoluteTimeoutSeconds.");
    }
  }
  requirePositive("freshForSeconds", policy.freshForSeconds);
  refuseUnknownOptions("limit", policy.limit, LIMIT);
  const { maximum, whenFull } = policy.limit;
  if (!Number.isSafeInteger(maximum) || maximum < 1 || maximum > MAXIMUM_SESSIONS_PER_USER) {
    refuse(`limit.maximum must be 1 to ${MAXIMUM_SESSIONS_PER_USER}: machine users take API keys, not sessions.`);
  }
  if (whenFull !== "evict" && whenFull !== "refuse") refuse('limit.whenFull is "evict" or "refuse".');
  return policy;
}

/** A session that was remembered under an earlier configuration keeps the ordinary limits once "remember me" is off. */
export function lifetimeOf(policy: SessionPolicy, session: Pick<SessionRecord, "remembered">): SessionLifetime {
  return (session.remembered ? policy.rememberedLifetime : null) ?? policy.lifetime;
}

/**
 * A touch moves the idle deadline, at most once per minute or per tenth of the idle timeout, whichever is shorter.
 * Ordinary requests then write nothing, and no session ends more than that much too early.
 */
export function isTouchDue(lifetime: SessionLifetime, record: SessionRecord, now: Timestamp): boolean {
  return now - record.lastSeenAt >= Math.min(60, lifetime.idleTimeoutSeconds / 10) * 1_000;
}

/**
 * Whether a secret whose holder proved who they are at `authenticatedAt` may be used for actions that need a fresh
 * login.
 */
export function isFresh(policy: SessionPolicy, authenticatedAt: Timestamp | null, now: Timestamp): boolean {
  return authenticatedAt !== null && now - authenticatedAt < policy.freshForSeconds * 1_000;
}

export function isRotationDue(lifetime: SessionLifetime, issuedAt: Timestamp, now: Timestamp): boolean {
  if (issuedAt === DUE_AT_ONCE) return true;
  return lifetime.rotationIntervalSeconds !== null && now - issuedAt >= lifetime.rotationIntervalSeconds * 1_000;
}
