import { createHmac, createPublicKey } from "node:crypto";
import { generateSigningKey, type SigningKey, signToken } from "coatcheck/keys";
import { AUDIENCE, claimsOf } from "../../support/pass-parts.ts";

const PASS = "coatcheck-pass+jwt";

type Json = Readonly<Record<string, unknown>>;

/** What passes are forged from: a good one, the key that signed it, and the public facts about that key. */
export interface Material {
  readonly good: string;
  readonly key: SigningKey;
  /** Where the verifier has that key's PEM file: some have taken the name of it for a secret. */
  readonly pemFile: string;
}

/** Tokens that are no pass for what the good one opens, each by what is wrong with it. */
export async function forgedPasses({ good, key, pemFile }: Material): Promise<Readonly<Record<string, string>>> {
  const [head = "", payload = "", signature = ""] = good.split(".");
  const claims = claimsOf(good);
  const header = { alg: "ES256", kid: key.kid, typ: PASS };
  const foreign = await generateSigningKey("ES256");
  const pem = String(
    createPublicKey({ key: { ...key.publicJwk }, format: "jwk" }).export({ format: "pem", type: "spki" }),
  );
  const now = Math.floor(Date.now() / 1_000);

  const signed = (changes: Json) => signToken(key, PASS, { ...claims, ...changes });
  const without = (...names: readonly string[]) => signed(Object.fromEntries(names.map((name) => [name, undefined])));
  /** By ES256, whatever header and payload say. */
  const signedAs = async (changes: Json, text = JSON.stringify(claims)) => {
    const input = `${encode({ ...header, ...changes })}.${Buffer.from(text).toString("base64url")}`;
    const parameters = { name: "ECDSA", hash: "SHA-256" };
    const bytes = await crypto.subtle.sign(parameters, key.privateKey, Buffer.from(input));
    return `${input}.${Buffer.from(bytes).toString("base64url")}`;
  };
  const headed = (changes: Json) => `${encode({ ...header, ...changes })}.${payload}`;
  const authenticated = (secret: string) => {
    const input = headed({ alg: "HS256" });
    return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
  };

  return {
    "text that is no token": "pass",
    "two parts": `${head}.${payload}`,
    "no signature": `${head}.${payload}.`,
    "a header that is no JSON": `${Buffer.from("{").toString("base64url")}.${payload}.${signature}`,
    "a header that is null": `${encode(null)}.${payload}.${signature}`,
    "claims that are no JSON, signed": await signedAs({}, "{"),
    "claims that are null, signed": await signedAs({}, "null"),
    "claims in a list, signed": await signedAs({}, JSON.stringify([claims])),
    "alg none, no signature": `${headed({ alg: "none" })}.`,
    "alg none, with the signature": `${headed({ alg: "none" })}.${signature}`,
    "alg none, signed": await signedAs({ alg: "none" }),
    "HS256 keyed by the text of the PEM file": authenticated(pem),
    "HS256 keyed by the same without its last line break": authenticated(pem.trim()),
    "HS256 keyed by the name of the PEM file": authenticated(pemFile),
    "HS256 keyed by the public key": authenticated(JSON.stringify(key.publicJwk)),
    "HS256 keyed by nothing": authenticated(""),
    "another algorithm, signed": await signedAs({ alg: "ES384" }),
    "another key under the same kid": await signToken({ ...foreign, kid: key.kid }, PASS, claims),
    "another key under its own kid": await signToken(foreign, PASS, claims),
    "no kid, signed": await signedAs({ kid: undefined }),
    "a changed payload": `${head}.${encode({ ...claims, exp: now + 500 })}.${signature}`,
    "a changed header": `${headed({ x: 1 })}.${signature}`,
    "a changed signature": `${head}.${payload}.${signature[0] === "A" ? "B" : "A"}${signature.slice(1)}`,
    "half a signature": `${head}.${payload}.${signature.slice(0, 43)}`,

    "expired a second ago": await signed({ iat: now - 300, exp: now - 1 }),
    "exp is missing": await without("exp"),
    "exp is text": await signed({ exp: String(now + 300) }),
    "exp is null": await signed({ exp: null }),
    "exp is negative": await signed({ exp: -now }),
    "not good yet": await signed({ nbf: now + 300 }),
    "another issuer": await signed({ iss: "https://elsewhere.example" }),
    "an issuer that begins alike": await signed({ iss: `${claims.iss}.evil` }),
    "no issuer": await without("iss"),
    "another audience": await signed({ aud: "https://elsewhere.example" }),
    "an audience that begins alike": await signed({ aud: `${AUDIENCE}.evil` }),
    "an audience of several": await signed({ aud: [AUDIENCE, "https://elsewhere.example"] }),
    "no audience": await without("aud"),
    "no scope": await without("path", "cdniuc"),

    "typ JWT, signed": await signToken(key, "JWT", claims),
    "typ of an identity token, signed": await signToken(key, "at+jwt", claims),
    "typ that ends alike, signed": await signToken(key, `application/${PASS}`, claims),
    "no typ, signed": await signedAs({ typ: undefined }),
  };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
