import { HOST, ORIGIN } from "./visitor.ts";

/** What a client says of its request in the words of proxies: a harmless one, of somewhere else. */
export const claims: Readonly<Record<string, string>> = {
  "x-forwarded-method": "GET",
  "x-forwarded-host": HOST,
  "x-forwarded-uri": "/auth/sign-in",
  "x-forwarded-for": "192.0.2.1",
  "x-forwarded-proto": "https",
  "x-original-method": "GET",
  "x-original-url": `${ORIGIN}/auth/sign-in`,
  "x-original-uri": "/auth/sign-in",
  "x-original-host": HOST,
  "x-rewrite-url": "/auth/sign-in",
  "x-http-method-override": "GET",
};

/** Each header of an identity with a value, in the ways that one server or another takes for its name. */
export function spellings(value: string): readonly Readonly<Record<string, string | readonly string[]>>[] {
  const names = ["Remote-User", "Remote-Email", "Remote-Name", "Remote-Groups", "Authorization"];
  const writings: readonly ((name: string) => string)[] = [
    (name) => name,
    (name) => name.toUpperCase(),
    (name) => name.toLowerCase(),
    (name) => name.replaceAll("-", "_"),
    (name) => name.toUpperCase().replaceAll("-", "_"),
    (name) => name.replaceAll("-", "."),
  ];
  const all = writings.map((write) => Object.fromEntries(names.map((name) => [write(name), value])));
  return [
    ...all,
    Object.fromEntries(names.map((name) => [name, [value, value]])),
    { ...all[0], connection: "Remote-User, Remote-Email, Remote-Name, Remote-Groups, Authorization" },
  ];
}

/** Ways to write /admin/page that a proxy may take for another path, and an application not. */
export const aroundTheRole: readonly string[] = [
  "/%61dmin/page",
  "/%61%64%6d%69%6e/page",
  "/admin%2fpage",
  "/admin%5cpage",
  "//admin/page",
  "/.//admin/page",
  "/./admin/page",
  "/%2e/admin/page",
  "/app/../admin/page",
  "/app/%2e%2e/admin/page",
  "/app/.%2E/admin/page",
  "/app/..%2fadmin/page",
  "/app%2f..%2fadmin/page",
  "/app/%252e%252e/admin/page",
  "/app/..;/admin/page",
  "/admin;x/page",
  "/app/..%5cadmin/page",
  "/auth/../admin/page",
  "/auth/%2e%2e/admin/page",
  "/auth/x/..%2f../admin/page",
  `http://${HOST}/admin/page`,
  `http://${HOST}/app/../admin/page`,
];

/** Ways to the gateway's answers to proxies. */
export const aroundTheGateway: readonly string[] = ["nginx", "forward", "envoy", "envoy/app/page"].flatMap(
  (dialect) => [
    `/auth/verify/${dialect}`,
    `/auth/verify/${dialect}?access=login`,
    `/auth//verify/${dialect}`,
    `/auth/./verify/${dialect}`,
    `/auth/%2e/verify/${dialect}`,
    `/app/../auth/verify/${dialect}`,
    `/app/%2e%2e/auth/verify/${dialect}`,
    `/auth/x/../verify/${dialect}`,
    `//auth/verify/${dialect}`,
    `/auth/%76erify/${dialect}`,
    `/%61uth/verify/${dialect}`,
    `/auth/verify%2f${dialect}`,
    `/.verify`,
  ],
);
