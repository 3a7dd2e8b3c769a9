import { createSecretKey, generateKeyPairSync, randomBytes } from "node:crypto";
import { createSigner, createVerifier } from "fast-jwt";
import { jwtVerify, SignJWT } from "jose";
import type { Contestant } from "../measure.ts";

const TOKENS = 1_000;
const AUDIENCE = "app";
const ISSUER = "https://auth.example";

/** Claims of the kind that such tokens carry, for many different users: no verifier can profit from repetition. */
function claimsOf(index: number) {
  return { sub: `user-${index}`, sid: randomBytes(12).toString("base64url"), iss: ISSUER, aud: AUDIENCE };
}

/** fast-jwt without its cache, so that each verification is one. It is synchronous, as most use it. */
export function fastJwtContestants(): readonly Contestant[] {
  const secret = randomBytes(32);
  const ec = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const keys = {
    HS256: { sign: secret, verify: secret },
    ES256: { sign: ec.privateKey, verify: ec.publicKey },
  } as const;
  return (["HS256", "ES256"] as const).map((algorithm) => {
    const sign = createSigner({ algorithm, key: keys[algorithm].sign, expiresIn: 86_400_000 });
    const verify = createVerifier({
      algorithms: [algorithm],
      key: keys[algorithm].verify,
      allowedIss: ISSUER,
      allowedAud: AUDIENCE,
      cache: false,
    });
    const tokens = Array.from({ length: TOKENS }, (_, index) => sign(claimsOf(index)));
    const run: Contestant["run"] = async (operations) => {
      for (let done = 0; done < operations; done++) verify(tokens[done % TOKENS] as string);
    };
    return { name: `fast-jwt ${algorithm}`, run };
  });
}

export async function joseContestants(): Promise<readonly Contestant[]> {
  // A key object, as for the others: jose would import plain bytes anew for each verification.
  const secret = createSecretKey(randomBytes(32));
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const ed = generateKeyPairSync("ed25519");
  const keys = {
    HS256: { sign: secret, verify: secret },
    ES256: { sign: ec.privateKey, verify: ec.publicKey },
    EdDSA: { sign: ed.privateKey, verify: ed.publicKey },
  } as const;
  return Promise.all(
    (["HS256", "ES256", "EdDSA"] as const).map(async (algorithm) => {
      const { sign, verify } = keys[algorithm];
      const tokens = await Promise.all(
        Array.from({ length: TOKENS }, (_, index) =>
          new SignJWT(claimsOf(index)).setProtectedHeader({ alg: algorithm }).setExpirationTime("24h").sign(sign),
        ),
      );
      const expected = { algorithms: [algorithm], issuer: ISSUER, audience: AUDIENCE };
      const run: Contestant["run"] = async (operations) => {
        for (let done = 0; done < operations; done++)
          await jwtVerify(tokens[done % TOKENS] as string, verify, expected);
      };
      return { name: `jose ${algorithm}`, run };
    }),
  );
}
