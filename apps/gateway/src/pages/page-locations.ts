import { viewWithNext } from "coatcheck/adapter";

export const SIGN_IN_PATH = "/auth/sign-in";
export const SIGN_OUT_PATH = "/auth/sign-out";
export const LOGIN_PATH = "/auth/login";
export const LOGOUT_PATH = "/auth/logout";
export const CONFIRM_PATH = "/auth/confirm";
export const ACCOUNT_PATH = "/auth/account";

/** With this in the query, the sign-in page also shows itself to users who are already signed in. */
export const SWITCH_USER = "switch-user";

/** The sign-in page for users who have just signed out: it says so. */
export const SIGNED_OUT_LOCATION = `${SIGN_IN_PATH}?signed-out`;

/** The sign-in page, with the way back. */
export function signInLocation(target: string): string {
  return viewWithNext(SIGN_IN_PATH, target);
}

/** The sign-in page for a signed-in user who wants to use another account, with the way back. */
export function switchUserLocation(target: string): string {
  return viewWithNext(`${SIGN_IN_PATH}?${SWITCH_USER}`, target);
}

/** The page that asks for the password again, with the way back. */
export function confirmLocation(target: string): string {
  return viewWithNext(CONFIRM_PATH, target);
}
