import { CompactSign, type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from "jose";
import type { Awaitable } from "../core/awaitable.ts";
import { requireChoice } from "../core/known-options.ts";
import { CoatcheckError } from "../errors.ts";
import type { PublicJwk } from "./public-key.ts";
import {
  isSignatureAlgorithm,
  keyParameters,
  type SignatureAlgorithm,
  signatureAlgorithms,
} from "./signature-algorithm.ts";

/** A key that signs. Only `exportSigningKey` reads its private part, for a store that keeps it. */
export interface SigningKey {
  readonly kid: string;
  readonly algorithm: SignatureAlgorithm;
  readonly publicJwk: PublicJwk;
  readonly privateKey: CryptoKey;
}

/** The source of an issuer's key. Called for every token. */
export interface SigningKeys {
  /**
   * Gives the key that signs now.
   *
   * @throws CoatcheckError `keys_unavailable`
   */
  current(): Awaitable<SigningKey>;
}

const RSA_MODULUS_BITS = 2_048;

/**
 * Generates a key. Its kid is its thumbprint (RFC 7638), so that no two keys share one.
 *
 * @throws CoatcheckError `invalid_configuration` for another algorithm
 */
export async function generateSigningKey(algorithm: SignatureAlgorithm): Promise<SigningKey> {
  requireChoice("algorithm", algorithm ?? null, signatureAlgorithms);
  for (;;) {
    const { privateKey } = await generateKeyPair(algorithm, {
      extractable: true,
      ...(algorithm === "RS256" ? { modulusLength: RSA_MODULUS_BITS } : {}),
      ...(algorithm === "EdDSA" ? { crv: "Ed25519" } : {}),
    });
    const key = await importSigningKey(JSON.stringify({ ...(await exportJWK(privateKey)), alg: algorithm }));
    // One kid in 64 begins with "-", and a command line would take it for an option.
    if (!key.kid.startsWith("-")) return key;
  }
}

/** Exports the key as a private JSON Web Key. Every program that reads it can issue tokens. */
export async function exportSigningKey({ privateKey, algorithm }: SigningKey): Promise<string> {
  return JSON.stringify({ ...(await exportJWK(privateKey)), alg: algorithm });
}

/**
 * Imports a key that `exportSigningKey` wrote.
 *
 * @throws CoatcheckError `invalid_key_set`
 */
export async function importSigningKey(privateJwk: string): Promise<SigningKey> {
  try {
    const jwk: Readonly<Record<string, string>> = JSON.parse(privateJwk);
    const { alg: algorithm } = jwk;
    if (!isSignatureAlgorithm(algorithm)) throw new TypeError("It has no alg that tokens are signed with.");
    const { kty } = keyParameters[algorithm];
    const privateKey = await importJWK({ ...jwk, kty }, algorithm, { extractable: true });
    if (privateKey instanceof Uint8Array || privateKey.type !== "private") throw new TypeError("It is not private.");
    const named = Object.fromEntries(
      ["crv", "x", "y", "n", "e"].flatMap((name) => (jwk[name] === undefined ? [] : [[name, jwk[name]]])),
    );
    const kid = await calculateJwkThumbprint({ ...named, kty });
    return { kid, algorithm, privateKey, publicJwk: { ...named, kty, kid, alg: algorithm, use: "sig" } };
  } catch (cause) {
    throw new CoatcheckError("invalid_key_set", "This is not a private key to sign by.", { cause });
  }
}

/** Signs a compact JWT of these claims. Its header has only the members that coatcheck's verifiers expect. */
export function signToken(key: SigningKey, type: string, claims: object): Promise<string> {
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: key.algorithm, kid: key.kid, typ: type })
    .sign(key.privateKey);
}
