import { readFileSync } from "node:fs";
import { fileModeFault } from "@coatcheck/service/file-mode";
import { systemCodeOf } from "@coatcheck/service/operator-error";
import { type PublicKeys, RemotePublicKeys, StaticPublicKeys } from "coatcheck/keys";
import { type Pass, type PassRequest, type PassVerdict, PassVerifier, RemoteRevocations } from "coatcheck/passes";
import type { FastifyBaseLogger } from "fastify";
import type { KeysLocation } from "../config/keys-location.ts";
import type { FileServiceConfiguration } from "../config/settings.ts";
import { FileServiceError } from "../errors.ts";

/** Decides whether a token opens a path. The file service knows nothing else about users. */
export interface Passes {
  /** @throws CoatcheckError `keys_unavailable` */
  verify(token: string, request: PassRequest): Promise<PassVerdict>;
  /** Whether the session of a pass is known to have ended, for a download under way. */
  hasEnded(pass: Pass): boolean;
  /** Calls `listener` each time when new sessions may have ended. */
  onNews(listener: () => void): void;
  /** Whether a valid pass would be accepted now. */
  areReady(): Promise<boolean>;
  close(): void;
}

/** Reads the keys and starts to poll for revocations. @throws FileServiceError `invalid_configuration` */
export async function openPasses(
  { issuer, publicUrl, jwks, revocations: revocationsUrl, dangerouslyAllowInsecureHttp }: FileServiceConfiguration,
  log: FastifyBaseLogger,
): Promise<Passes> {
  const insecure = { dangerouslyAllowInsecureUrl: dangerouslyAllowInsecureHttp };
  const keys = await openKeys(jwks, insecure);
  if (revocationsUrl === null) return passesOf(new PassVerifier({ issuer, audience: publicUrl, keys }), keys, null);

  let isFailing = false;
  const revocations = new RemoteRevocations({
    url: revocationsUrl,
    issuer,
    keys,
    ...insecure,
    onFault: (fault) => {
      // Each poll fails until the issuer is back. That is logged once.
      if (!isFailing) log.warn({ event: "revocations_unreachable", err: fault }, "no list of revocations");
      isFailing = true;
    },
  });
  revocations.onPoll(() => {
    if (isFailing && isFresh(revocations)) {
      isFailing = false;
      log.info({ event: "revocations_reachable" }, "revocations are known again");
    }
  });
  await revocations.start();
  return passesOf(new PassVerifier({ issuer, audience: publicUrl, keys, revocations }), keys, revocations);
}

function passesOf(verifier: PassVerifier, keys: PublicKeys, revocations: RemoteRevocations | null): Passes {
  return {
    verify: (token, request) => verifier.verify(token, request),
    // Asks the list and not the verifier: a pass that has expired since then may belong to an ended session.
    hasEnded: (pass) => revocations?.check(pass) === "session_ended",
    onNews: (listener) => void revocations?.onPoll(listener),
    async areReady() {
      if (revocations !== null) return isFresh(revocations);
      return keys.find("readiness").then(
        () => true,
        () => false,
      );
    },
    close: () => revocations?.close(),
  };
}

/** A list counts as read only if a known key signed it, so the keys have been read as well. */
function isFresh(revocations: RemoteRevocations): boolean {
  return revocations.check({ session: "", issuedAt: Number.POSITIVE_INFINITY }) === "clear";
}

async function openKeys(
  location: KeysLocation,
  insecure: { readonly dangerouslyAllowInsecureUrl: boolean },
): Promise<PublicKeys> {
  if (location.kind === "url") return new RemotePublicKeys({ url: location.url, ...insecure });
  const modeFault = fileModeFault(location.path);
  if (modeFault !== null) {
    throw new FileServiceError("invalid_configuration", `The keys in ${location.path} are not used: ${modeFault}.`);
  }
  try {
    return await StaticPublicKeys.from(JSON.parse(readFileSync(location.path, "utf8")));
  } catch (cause) {
    // The message of the parser would quote the file.
    const reason = cause instanceof SyntaxError ? "it is not valid JSON" : reasonOf(cause);
    const message = `The keys in ${location.path} cannot be read: ${reason}.`;
    throw new FileServiceError("invalid_configuration", message, { cause });
  }
}

function reasonOf(cause: unknown): string {
  const code = systemCodeOf(cause);
  return code === "invalid_key_set" && cause instanceof Error ? cause.message.replace(/\.$/, "") : code;
}
