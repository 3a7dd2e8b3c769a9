/**
 * What a service may say in an answer is for that answer alone. These say something for the whole origin, or for longer than the
 * answer: to the browser, which knows origins and not routes, or to a proxy in front, which knows the gateway alone.
 */
const ORIGIN_WIDE: ReadonlySet<string> = new Set([
  // Ends every login at the origin.
  "clear-site-data",
  // A script of one route would answer for all paths, the sign-in page among them.
  "service-worker-allowed",
  // Two pages with the same policy can reach into each other: a service's into the sign-in page that it opens.
  "cross-origin-opener-policy",
  "cross-origin-opener-policy-report-only",
  // These say how browsers connect to the origin, for months.
  "strict-transport-security",
  "public-key-pins",
  "public-key-pins-report-only",
  "expect-ct",
  "expect-staple",
  "alt-svc",
  "alternate-protocol",
  // Where the browser reports to, on what happens at any path.
  "nel",
  "report-to",
  "reporting-endpoints",
  // These make the browser send something with every later request to the origin.
  "accept-ch",
  "accept-ch-lifetime",
  "critical-ch",
  // These say how the browser stores, runs and classifies the origin.
  "origin-agent-cluster",
  "origin-trial",
  "critical-origin-trial",
  "set-login",
  "observe-browsing-topics",
  "shared-storage-write",
  // These make the browser fetch other routes, or unpack their answers.
  "speculation-rules",
  "use-as-dictionary",
]);

/** Families of the same kind: attribution and auctions of the origin, sessions bound to a device, and commands to servers. */
const ORIGIN_WIDE_FAMILIES =
  /^(attribution-reporting-|ad-auction-|sec(ure)?-session-|x-accel-|x-envoy-|x-sendfile|x-lighttpd-|x-litespeed-|x-reproxy-)/;

/** Whether a response header, in lower case, has an effect beyond the answer that it comes with. */
export function isOriginWide(name: string): boolean {
  return ORIGIN_WIDE.has(name) || ORIGIN_WIDE_FAMILIES.test(name);
}
