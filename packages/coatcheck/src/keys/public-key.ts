import { type CryptoKey, importJWK } from "jose";
import { CoatcheckError } from "../errors.ts";
import { isSignatureAlgorithm, keyParameters, type SignatureAlgorithm } from "./signature-algorithm.ts";

/** A key that verifies, bound to one algorithm (RFC 8725bis, 3.1). */
export interface PublicKey {
  readonly kid: string;
  readonly algorithm: SignatureAlgorithm;
  readonly key: CryptoKey;
}

/** A public JSON Web Key (RFC 7517), in the form that coatcheck's issuers publish. */
export interface PublicJwk {
  readonly kid: string;
  readonly alg: SignatureAlgorithm;
  readonly use: "sig";
  readonly kty: string;
  readonly crv?: string;
  readonly x?: string;
  readonly y?: string;
  readonly n?: string;
  readonly e?: string;
}

/** A published JWK set. */
export interface PublicJwkSet {
  readonly keys: readonly PublicJwk[];
}

const MAXIMUM_KEYS = 16;
const MINIMUM_RSA_MODULUS_BITS = 2_048;
const MEMBERS = ["kid", "alg", "use", "kty", "crv", "x", "y", "n", "e"] as const;
const PRIVATE_MEMBERS = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] as const;

/**
 * Reads the keys of a JWK set, all or none: a set with a private member, a repeated `kid` or a key that does not fit
 * its algorithm comes from a mistake or an attacker.
 *
 * @throws CoatcheckError `invalid_key_set`
 */
export async function importPublicKeys(jwks: unknown): Promise<ReadonlyMap<string, PublicKey>> {
  const { keys } = (typeof jwks === "object" && jwks !== null ? jwks : {}) as { keys?: unknown };
  if (!Array.isArray(keys) || keys.length > MAXIMUM_KEYS) refuse(`It holds no list of up to ${MAXIMUM_KEYS} keys.`);
  const imported = new Map<string, PublicKey>();
  for (const jwk of keys as readonly unknown[]) {
    const key = await importPublicKey(jwk);
    if (imported.has(key.kid)) refuse(`The kid "${key.kid}" occurs twice.`);
    imported.set(key.kid, key);
  }
  return imported;
}

async function importPublicKey(value: unknown): Promise<PublicKey> {
  const jwk = (typeof value === "object" && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  const { kid, alg, use } = jwk;
  if (typeof kid !== "string" || kid === "") refuse("A key has no kid.");
  if (PRIVATE_MEMBERS.some((member) => member in jwk)) refuse(`The key "${kid}" is not public.`);
  if (!isSignatureAlgorithm(alg)) refuse(`The key "${kid}" has no alg that passes are signed with.`);
  if (use !== undefined && use !== "sig") refuse(`The key "${kid}" is not for signatures.`);
  const { kty, crv } = keyParameters[alg];
  if (jwk.kty !== kty || jwk.crv !== crv) refuse(`The key "${kid}" does not fit its algorithm, ${alg}.`);
  try {
    const chosen = Object.fromEntries(MEMBERS.flatMap((name) => (jwk[name] === undefined ? [] : [[name, jwk[name]]])));
    const key = await importJWK({ ...chosen, kty }, alg);
    if (key instanceof Uint8Array) throw new TypeError("It is a secret.");
    if (alg === "RS256" && modulusBits(key) < MINIMUM_RSA_MODULUS_BITS)
      throw new TypeError("Its modulus is too short.");
    return { kid, algorithm: alg, key };
  } catch (cause) {
    throw new CoatcheckError("invalid_key_set", `The key "${kid}" cannot be read.`, { cause });
  }
}

function modulusBits({ algorithm }: CryptoKey): number {
  return (algorithm as { readonly modulusLength?: number }).modulusLength ?? 0;
}

function refuse(message: string): never {
  throw new CoatcheckError("invalid_key_set", `This is not a JWK set to verify by: ${message}`);
}
