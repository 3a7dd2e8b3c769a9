import type { Clock } from "coatcheck";
import type { Authentication, Awaitable } from "coatcheck/adapter";
import { IdentityIssuer } from "coatcheck/identity";
import { KeyEncryption, StaticPublicKeys } from "coatcheck/keys";
import {
  type AccessPath,
  type IssueResult,
  PassIssuer,
  type PassOptions,
  readRenewablePass,
  sessionDigestOf,
  signRevocationList,
} from "coatcheck/passes";
import type { Account } from "../accounts/account.ts";
import type { GatewayConfiguration } from "../config/settings.ts";
import type { AccessStore, KeyPurpose } from "./access-store.ts";
import { KeyRing } from "./key-ring.ts";
import { type PassRule, passRule } from "./pass-rule.ts";
import type { QuestionOutcome } from "./pass-rule-questions.ts";

export interface SignedAccessParts {
  readonly configuration: Pick<
    GatewayConfiguration,
    | "publicUrl"
    | "filesUrl"
    | "passPaths"
    | "passRuleUrl"
    | "passLifetimeSeconds"
    | "signingAlgorithm"
    | "keyEncryptionKey"
  >;
  readonly store: AccessStore;
  readonly clock: Clock;
  /** Replaces the rule from the configuration. */
  readonly rule?: PassRule;
  /** Called after each question to the application that decides about passes. */
  readonly onPassRuleQuestion?: (outcome: QuestionOutcome) => void;
}

/** The user and the session that ask. */
export interface PassHolder {
  readonly account: Account;
  readonly authentication: Authentication;
}

export type PassResult =
  | { readonly outcome: "issued"; readonly pass: IssuedPass }
  | { readonly outcome: "forbidden" }
  | Extract<IssueResult, { readonly outcome: "refused" }>;

export interface IssuedPass {
  readonly path: string;
  /** The URL contains the token: anyone who has it can fetch the file. */
  readonly url: string;
  readonly token: string;
  readonly expiresAt: number;
}

const LIST_REUSED_MILLISECONDS = 200;

/**
 * SignedAccess issues the signed statements that services beside the gateway trust: passes, identity tokens, and a list
 * of revoked sessions.
 */
export class SignedAccess {
  readonly identityKeys: KeyRing;
  readonly passKeys: KeyRing;
  readonly #parts: SignedAccessParts;
  readonly #identities: IdentityIssuer;
  readonly #passes: PassIssuer;
  readonly #rule: PassRule;
  /** The same for every origin, because verifiers know the gateway by its primary one. */
  readonly #issuer: string;
  #list: { readonly signed: Promise<string>; readonly at: number } | null = null;

  constructor(parts: SignedAccessParts) {
    this.#parts = parts;
    const { configuration, clock } = parts;
    this.identityKeys = keyRing(parts, "identity");
    this.passKeys = keyRing(parts, "passes");
    const [issuer] = configuration.publicUrl;
    this.#issuer = issuer;
    this.#identities = new IdentityIssuer({ issuer, keys: this.identityKeys, clock });
    this.#passes = new PassIssuer({ issuer, keys: this.passKeys, clock });
    const { passPaths: paths, passRuleUrl: url } = configuration;
    this.#rule = parts.rule ?? passRule({ paths, url, onQuestion: parts.onPassRuleQuestion });
  }

  /** Whether a file service is configured. Passes are issued for a file service only. */
  get issuesPasses(): boolean {
    return this.#parts.configuration.filesUrl !== null;
  }

  /** Makes sure that there are keys and that they can be read: a gateway that cannot sign must not start. */
  async prepare(): Promise<void> {
    await Promise.all([this.identityKeys.prepare(), this.passKeys.prepare()]);
  }

  /** The audience is an upstream's origin, or another name of that service. */
  identityToken({ account, authentication }: PassHolder, audience: string): Awaitable<IssueResult> {
    return this.#identities.issue(authentication, audience, {
      name: account.name,
      email: account.email,
      roles: account.roles,
    });
  }

  async issuePass(holder: PassHolder, path: AccessPath): Promise<PassResult> {
    const applicant = { account: holder.account, identityFor: (audience: string) => this.#token(holder, audience) };
    const isAllowed = await this.#rule(applicant, path);
    if (!isAllowed) return { outcome: "forbidden" };
    const { filesUrl, passLifetimeSeconds: lifetimeSeconds } = this.#parts.configuration;
    const options: PassOptions = { audience: filesUrl ?? "", path: path.text, lifetimeSeconds };
    const issued = await this.#passes.issue(holder.authentication, options);
    if (issued.outcome === "refused") return issued;
    const { token, expiresAt } = issued;
    // Note the pass before handing it out: a revocation list names only sessions that have noted passes.
    await this.#parts.store.notePasses(sessionDigestOf(holder.authentication.session.id), expiresAt);
    const url = `${filesUrl}${path.text}?token=${token}`;
    return { outcome: "issued", pass: { path: path.text, url, token, expiresAt } };
  }

  /** The path of a pass that was issued to this very session, and that it may have again; null for anything else. */
  async renewablePath({ authentication }: PassHolder, token: string): Promise<string | null> {
    const { filesUrl } = this.#parts.configuration;
    const issuer = this.#issuer;
    const keys = await StaticPublicKeys.from(await this.passKeys.publicKeys());
    const { clock } = this.#parts;
    const read = await readRenewablePass(token, { issuer, audience: filesUrl ?? "", keys, clock });
    if (typeof read === "string" || read.session !== sessionDigestOf(authentication.session.id)) return null;
    return read.path;
  }

  /** The list is signed anew for each request, but requests at about the same time share one list. */
  revocationList(): Promise<string> {
    const now = performance.now();
    if (this.#list !== null && now - this.#list.at < LIST_REUSED_MILLISECONDS) return this.#list.signed;
    const signed = this.#signList();
    this.#list = { signed, at: now };
    // Only the requests that already wait for a failed list get its failure; later ones try again.
    signed.catch(() => {
      this.#list = null;
    });
    return signed;
  }

  async #signList(): Promise<string> {
    const { store, clock } = this.#parts;
    const now = clock.now();
    const facts = await store.readRevocations();
    return signRevocationList(facts, { issuer: this.#issuer, keys: this.passKeys }, now);
  }

  async #token(holder: PassHolder, audience: string): Promise<string | null> {
    const issued = await this.identityToken(holder, audience);
    return issued.outcome === "issued" ? issued.token : null;
  }
}

function keyRing({ configuration, store, clock }: SignedAccessParts, purpose: KeyPurpose): KeyRing {
  const { signingAlgorithm: algorithm, keyEncryptionKey: secret } = configuration;
  const encryption = secret === null ? null : new KeyEncryption(secret.reveal());
  return new KeyRing({ store, purpose, algorithm, encryption, clock });
}
