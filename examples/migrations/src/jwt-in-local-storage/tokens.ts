import jwt from "jsonwebtoken";

const SECRET = "signs the tokens, and whoever has it is everybody";

/** The week is a bargain: a shorter time logs people out, a longer one leaves more to a thief. */
export function issueToken(userId: string): string {
  return jwt.sign({}, SECRET, { algorithm: "HS256", subject: userId, expiresIn: "7d" });
}

/** The user that the token in an Authorization header names; null for no token, and for one that is not ours or expired. */
export function userIdOfToken(authorization: string | null | undefined): string | null {
  const token = bearerOf(authorization);
  if (token === null) return null;
  try {
    const claims = jwt.verify(token, SECRET, { algorithms: ["HS256"] });
    return typeof claims === "object" ? (claims.sub ?? null) : null;
  } catch {
    return null;
  }
}

export function bearerOf(authorization: string | null | undefined): string | null {
  return /^Bearer (\S+)$/.exec(authorization ?? "")?.[1] ?? null;
}
