import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;

/** Whether a request was signed by these credentials, by the fourth version of Amazon's signatures in its header form. */
export function isSignedBy({ accessKeyId, secretAccessKey }: AwsCredentials, request: IncomingMessage): boolean {
  const found = AUTHORIZATION.exec(request.headers.authorization ?? "");
  if (found === null) return false;
  const [, keyId, day = "", region = "", names = "", signature = ""] = found;
  const time = String(request.headers["x-amz-date"] ?? "");
  const signed = names.split(";");
  // The host must be among them, or a signature could be used elsewhere.
  if (keyId !== accessKeyId || !time.startsWith(day) || !signed.includes("host")) return false;

  const url = new URL(request.url ?? "/", "http://bucket");
  const query = [...url.searchParams]
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .sort()
    .join("&");
  const headers = signed.map((name) => `${name}:${String(request.headers[name] ?? "").trim()}\n`).join("");
  const payload = String(request.headers["x-amz-content-sha256"] ?? "");
  const canonical = [request.method, (request.url ?? "").split("?")[0], query, headers, names, payload].join("\n");
  const scope = `${day}/${region}/s3/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", time, scope, createHash("sha256").update(canonical).digest("hex")].join("\n");
  const key = [day, region, "s3", "aws4_request"].reduce<string | Buffer>(
    (previous, part) => createHmac("sha256", previous).update(part).digest(),
    `AWS4${secretAccessKey}`,
  );
  const expected = createHmac("sha256", key).update(text).digest();
  return timingSafeEqual(expected, Buffer.from(signature, "hex"));
}
