import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { IdentityIssuer, IdentityVerifier } from "coatcheck/identity";
import { generateSigningKey } from "coatcheck/keys";
import { beforeAll, describe, expect, test } from "vitest";
import { AUDIENCE, claimsOf, holding, ISSUER, logIn, passFor, passParts, publicKeysOf } from "./support/pass-parts.ts";

const SONG = "/songs/one.wav";
const PASS = "coatcheck-pass+jwt";

type Parts = Awaited<ReturnType<typeof passParts>>;
type Json = Readonly<Record<string, unknown>>;

let parts: Parts;
let claims: Json;
let header: Json;
/** A good pass, of which every attack changes something. */
let good: string;

beforeAll(async () => {
  parts = await passParts();
  const { authentication } = await logIn(parts.sessions);
  good = await passFor(parts.issuer, authentication, SONG);
  claims = claimsOf(good);
  header = { alg: "ES256", kid: parts.key.kid, typ: PASS };
});

const encode = (value: unknown) =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

/** Signed by the issuer's own key: what is wrong with it is not its signature. */
async function signed(head: unknown, payload: unknown): Promise<string> {
  const input = `${encode(head)}.${encode(payload)}`;
  const parameters = { name: "ECDSA", hash: "SHA-256" };
  const signature = await crypto.subtle.sign(parameters, parts.key.privateKey, Buffer.from(input));
  return `${input}.${Buffer.from(signature).toString("base64url")}`;
}

const reasonFor = async (token: string) => {
  const verdict = await parts.verifier.verify(token, { path: SONG });
  return verdict.accepted ? "accepted" : verdict.reason;
};

test("the good one is good, and so is one made as the attacks are", async () => {
  expect(await reasonFor(good)).toBe("accepted");
  expect(await reasonFor(await signed(header, claims))).toBe("accepted");
});

describe("the algorithm is the key's to say", () => {
  test.each(["none", "None", "NONE", "nOnE", ""])("alg %j, with and without a signature", async (alg) => {
    for (const signature of ["", "AA", good.split(".")[2]]) {
      const token = `${encode({ ...header, alg })}.${encode(claims)}.${signature}`;
      expect(["malformed_token", "wrong_algorithm"]).toContain(await reasonFor(token));
    }
  });

  test("HS256, HS384, HS512 keyed with every spelling of the public key", async () => {
    const jwk = parts.key.publicJwk;
    const key = createPublicKey({ key: { ...jwk }, format: "jwk" });
    const pem = key.export({ format: "pem", type: "spki" });
    const der = key.export({ format: "der", type: "spki" });
    const spellings = [pem, String(pem).trim(), der, der.toString("base64"), JSON.stringify(jwk), jwk.x, jwk.kid, ""];
    for (const [alg, hash] of [
      ["HS256", "sha256"],
      ["HS384", "sha384"],
      ["HS512", "sha512"],
    ] as const) {
      for (const secret of spellings) {
        const input = `${encode({ ...header, alg })}.${encode(claims)}`;
        const mac = createHmac(hash, secret ?? "")
          .update(input)
          .digest("base64url");
        expect(await reasonFor(`${input}.${mac}`)).toBe("wrong_algorithm");
      }
    }
  });

  test.each(["ES384", "ES512", "ES256K", "PS256", "RS512", "es256", "ES256 ", null, 256, ["ES256"]])(
    "alg %j is none of ours",
    async (alg) => expect(await reasonFor(await signed({ ...header, alg }, claims))).toBe("wrong_algorithm"),
  );

  test.each(["EdDSA", "RS256"])("alg %s is not that of the key", async (alg) => {
    expect(await reasonFor(await signed({ ...header, alg }, claims))).toBe("wrong_algorithm");
  });
});

describe("the key is the verifier's to choose", () => {
  let foreign: { readonly privateKey: KeyObject; readonly publicKey: KeyObject };
  const signedByForeign = (head: unknown) => {
    const input = `${encode(head)}.${encode(claims)}`;
    const options = { key: foreign.privateKey, dsaEncoding: "ieee-p1363" as const };
    return `${input}.${sign("sha256", Buffer.from(input), options).toString("base64url")}`;
  };

  beforeAll(() => {
    foreign = generateKeyPairSync("ec", { namedCurve: "P-256" });
  });

  test("another key under the same kid", async () => {
    expect(await reasonFor(signedByForeign(header))).toBe("wrong_signature");
  });

  test("a key that the token brings along, or points to", async () => {
    const jwk = foreign.publicKey.export({ format: "jwk" });
    const url = "https://evil.example/jwks.json";
    for (const extra of [
      { jwk },
      { jku: url },
      { x5u: url },
      { x5c: ["MII"] },
      { crit: ["exp"] },
      { b64: false },
      { zip: "DEF" },
    ]) {
      expect(await reasonFor(signedByForeign({ ...header, ...extra }))).toBe("unexpected_header");
      expect(await reasonFor(await signed({ ...header, ...extra }, claims))).toBe("unexpected_header");
    }
  });

  test.each(["", "../../../dev/null", "' OR 1=1 --", "__proto__", "constructor", null, 7, ["a"]])(
    "the kid %j",
    async (kid) => expect(await reasonFor(await signed({ ...header, kid }, claims))).toBe("unknown_key"),
  );

  test("no kid at all", async () => {
    expect(await reasonFor(await signed({ alg: "ES256", typ: PASS }, claims))).toBe("unknown_key");
  });
});

describe("only a pass is one", () => {
  test.each(["JWT", "at+jwt", "application/coatcheck-pass+jwt", "COATCHECK-PASS+JWT", "dbsc+jwt", undefined, null])(
    "typ %j",
    async (typ) => expect(await reasonFor(await signed({ ...header, typ }, claims))).toBe("wrong_type"),
  );

  test("an identity token of the same issuer, although its key signed it", async () => {
    const issuer = new IdentityIssuer({ issuer: ISSUER, keys: holding(parts.key), clock: parts.clock });
    const issued = await issuer.issue((await logIn(parts.sessions)).authentication, AUDIENCE);
    if (issued.outcome !== "issued") throw new Error(issued.reason);
    expect(await reasonFor(issued.token)).toBe("wrong_type");
  });

  test("nor is a pass an identity, or a session", async () => {
    const keys = await publicKeysOf(parts.key);
    const verifier = new IdentityVerifier({ issuer: ISSUER, audience: AUDIENCE, keys, clock: parts.clock });
    expect(await verifier.verify(good)).toEqual({ accepted: false, reason: "wrong_type" });
    expect(await verifier.verifyAuthorization(`Bearer ${good}`)).toEqual({ accepted: false, reason: "wrong_type" });
    expect(await parts.sessions.authenticate(good)).toEqual({ status: "unauthenticated", reason: "malformed" });
  });

  test("nor is a session's token a pass", async () => {
    expect(await reasonFor((await logIn(parts.sessions)).token)).toBe("malformed_token");
  });
});

describe("the form", () => {
  test("what is no compact JWT", async () => {
    const [head, payload, signature] = good.split(".");
    const tokens = [
      "",
      ".",
      "..",
      "...",
      "a.b",
      `${good}.x`,
      `${good}.x.y`,
      `${head}.${payload}`,
      `${head}.${payload}.`,
      `${good}=`,
      ` ${good}`,
      `${good}\n`,
      `"${good}"`,
      `Bearer ${good}`,
      good.replace(".", "%2E"),
      `${head}.${payload}.+/==`,
      JSON.stringify({ protected: head, payload, signature }),
      `{"payload":"${payload}"}`,
      "a".repeat(9_000),
      `${head}.${"a".repeat(8_200)}.${signature}`,
      "\u0000",
      "é.é.é",
    ];
    for (const token of tokens) expect(await reasonFor(token)).toBe("malformed_token");
  });

  test.each(["", "null", "[]", '"text"', "1", "{", '{"iss":', "[{}]"])(
    "claims that are no object: %s",
    async (payload) => {
      expect(await reasonFor(await signed(header, payload))).toMatch(/^(malformed_token|wrong_claims)$/);
    },
  );

  test.each(["null", "[]", '"x"', "{", "1"])("a header that is no object: %s", async (head) => {
    expect(await reasonFor(await signed(head, claims))).toBe("malformed_token");
  });

  test("every bit of the signed text, and of the signature", async () => {
    const at = good.lastIndexOf(".");
    for (let index = 0; index < good.length; index++) {
      if (good[index] === ".") continue;
      const other = good[index] === "A" ? "B" : "A";
      // The last characters of a part may hold bits that no byte has: the same bytes are the same token.
      const changed = `${good.slice(0, index)}${other}${good.slice(index + 1)}`;
      const isSameBytes =
        index > at &&
        Buffer.from(changed.slice(at + 1), "base64url").equals(Buffer.from(good.slice(at + 1), "base64url"));
      expect(await reasonFor(changed)).not.toBe(isSameBytes ? "never" : "accepted");
    }
  });
});

describe("the claims", () => {
  test.each(["iss", "aud", "iat", "exp", "path", "cdniuc", "session"])("%s is missing", async (name) => {
    const { [name]: _, ...rest } = claims;
    expect(await reasonFor(await signed(header, rest))).toBe("wrong_claims");
  });

  test.each([
    ["iss", ["https://login.example"], "wrong_claims"],
    ["iss", "https://login.example/", "wrong_issuer"],
    ["iss", "https://LOGIN.example", "wrong_issuer"],
    ["aud", ["https://files.example"], "wrong_claims"],
    ["aud", "https://files.example.evil", "wrong_audience"],
    ["exp", "9999999999", "wrong_claims"],
    ["exp", 9_999_999_999.5, "wrong_claims"],
    ["exp", -1, "wrong_claims"],
    ["exp", 1e300, "wrong_claims"],
    ["exp", null, "wrong_claims"],
    ["exp", 0, "expired"],
    ["iat", "0", "wrong_claims"],
    ["iat", 9_999_999_000, "not_yet_valid"],
    ["nbf", 9_999_999_000, "not_yet_valid"],
    ["nbf", "0", "wrong_claims"],
    ["path", "/", "wrong_claims"],
    ["path", "/songs/", "wrong_claims"],
    ["path", "/songs/%6fne.wav", "wrong_claims"],
    ["path", 7, "wrong_claims"],
    ["cdniuc", "regex:.*", "wrong_claims"],
    ["cdniuc", null, "wrong_claims"],
    ["session", "", "wrong_claims"],
    ["session", ["a".repeat(22)], "wrong_claims"],
    ["ip", 7, "wrong_claims"],
    ["ip", "", "wrong_client"],
  ])("%s is %j", async (name, value, reason) => {
    expect(await reasonFor(await signed(header, { ...claims, [name]: value }))).toBe(reason);
  });

  test("of two members of one name the last counts, as everywhere", async () => {
    const twice = JSON.stringify(claims).replace('"aud":', '"aud":"https://elsewhere.example","aud":');
    expect(await reasonFor(await signed(header, twice))).toBe("accepted");
    const other = JSON.stringify(claims).replace("}", ',"aud":"https://elsewhere.example"}');
    expect(await reasonFor(await signed(header, other))).toBe("wrong_audience");
  });

  test("a key of another algorithm under its own kid", async () => {
    const other = await generateSigningKey("EdDSA");
    const keys = await publicKeysOf(parts.key, other);
    const token = await signed({ ...header, kid: other.kid }, claims);
    const verdict = await parts.verifierWith(keys).verify(token, { path: SONG });
    expect(verdict).toEqual({ accepted: false, reason: "wrong_algorithm" });
  });
});
