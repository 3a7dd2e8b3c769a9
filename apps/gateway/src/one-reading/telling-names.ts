/**
 * Names of header fields that tell programs more than a client may say. They are in the form in which names are
 * compared: lower case, with "-".
 */
const whole = (patterns: readonly string[]) => new RegExp(`^(${patterns.join("|")})$`);

/** About one connection (RFC 9110, 7.6.1), or about where a message ends: each side says it for itself. */
export const OF_THE_CONNECTION = whole([
  "connection|keep-alive|te|trailer|transfer-encoding|upgrade|http2-settings|content-length|expect",
  "proxy-(connection|authenticate|authorization)",
]);

/** Only the gateway says these to a service: who asks, from where, and for which host. */
export const OF_THE_GATEWAY = whole([
  "host|cookie2?|authorization",
  "(x-)?remote(-.*)?",
  "(x-)?forward(ed)?(-.*)?",
  "x-coatcheck(-.*)?",
  "x-real-ip",
  // A script sees "proxy" as HTTP_PROXY, which its own client obeys (CVE-2016-5385). The others are browsers'
  // device-bound sessions.
  "proxy|sec(ure)?-session-.*",
]);

/**
 * These tell a service another path than the one that the gateway decided about, or that the decision was already made.
 */
export const OF_THE_PATH = whole([
  "(x-)?script-(name|filename|uri|url)|(x-)?path-(info|translated)|(x-)?(request|document)-uri|document-root|query-string",
  "x-(ingress|base|context|root|mount|app)-?path|context-path",
  "x-(accel|sendfile|lighttpd)(-.*)?",
  "x-(override|proxy)-ur[il]|x-http-path-override|x-http-destinationurl|x-waws-unencoded-url",
  // Next.js, whose own clients send only "x-middleware-prefetch" (CVE-2025-29927).
  "x-middleware-(?!prefetch$).*|x-(matched|invoke)-.*|x-now-route-matches",
]);

/** The same, in the words of proxies that ask about a request: some of them name the original request with these. */
export const OF_THE_ORIGINAL_PATH = whole(["x-(original|rewrite|envoy-original)(-.*)?"]);

const WHO = "(user.*|uid|sub|subject|upn|e?mail|login|name|display-?name|groups?|roles?|scopes?|principal|claims?|dn)";

/**
 * Other proxies, and programs built for them, use these to say who asks, from where and how. No proxy in front of the
 * gateway needs them.
 */
export const OF_OTHER_PROXIES = whole([
  // Who asks. "x-user-agent" is not among them: clients say it.
  `(x-)?user(-?(id|uuid|name|info|data|${WHO.slice(1, -1).replace("user.*|", "")}))?`,
  "(x-)?(e?mail|groups?|roles?)|x-(uid|login|principal|subject|identity|permissions?|claims?|id-token)",
  `x-(auth|authn|authenticated|verified|trusted|current|sso|idp|jwt|token|session|account)-${WHO}`,
  "x-(auth-request|authentik|webauth|pomerium|goog-(authenticated|iap)|vouch|saml|oidc|shib|mellon|teleport)(-.*)?",
  "x-ms-(client-principal|token)(-.*)?|x-amzn-(oidc|mtls)-.*|x-(consumer|credential)-.*|x-anonymous-consumer",
  "x-hasura-(?!admin-secret$).*|x-(trino|presto)-user|x-scope-orgid|x-jwt-(assertion|payload)|(x-)?auth-user",
  "(cf|tailscale|teleport|oidc|shib|mellon|impersonate|x-impersonate|l5d|ynh|ms-aspnetcore)-.*",
  "sm-?user.*|sm-(universalid|authtype|groups?)|iv-(user|groups|creds|remote-address).*|oam-.*|osso-.*",
  "eppn|persistent-id|(unscoped-)?affiliation|entitlement|gap-(auth|signature)|es-security-runas-user",
  "(x-)?client-(cert|certificate|dn|s-dn|subject|issuer|verif|ssl).*|(x-)?(ssl|tls)(-.*)?",
  // From where.
  "(.*-)?(client|real|src|source|connecting|origin|originating|peer|user|socket|true|proxyuser|external)-?(ip(v6)?|addr(ess)?|host|port)",
  "x-custom-ip-authorization|x-(backend-)?host|x-(http-)?host-override|(x-)?server-(name|addr|port|protocol)",
  "(cloudfront|fastly|fly|akamai|incap|ali-cdn|wl-proxy)-.*",
  "x-(appengine|azure|fd|nf|vercel|akamai|sucuri|weblogic|arr|envoy|proxy|cdn)-.*",
  // How.
  "(x-)?(url-)?scheme|(x-)?https|x-proto(col)?|front-end-https|x-(proxied-)?https|proxy-(ssl|auth|client|user).*",
  "(x-)?http-method(-override)?|(x-)?method-override|x-method|surrogate-capability",
]);
