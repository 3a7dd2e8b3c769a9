import { HostCookie, type PublicOrigin } from "coatcheck/adapter";

/** The cookie that tells a browser in which an account has logged in before. It outlives sessions and logouts. */
export function deviceCookie(origin: PublicOrigin): HostCookie {
  return new HostCookie(origin, {
    secure: "__Host-Http-coatcheck-device",
    loopback: `coatcheck-device-${origin.port}`,
  });
}
