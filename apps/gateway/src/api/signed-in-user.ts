import type { Authentication } from "coatcheck/adapter";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Account } from "../accounts/account.ts";
import type { AccountStore } from "../accounts/account-store.ts";
import { findSessionOwner } from "../accounts/session-owner.ts";
import { sendProblem } from "../http/problem.ts";
import { extendsSession } from "../http/request-headers.ts";

/** Who makes a request: a session that is alive, of an account that may be signed in, both at this moment. */
export interface SignedInUser {
  readonly account: Account;
  readonly authentication: Authentication;
}

/**
 * The user of a request, or null. A live session is not enough: one of a disabled account, or of one whose credential
 * changed while the session store could not take the revocation yet, is refused until it is gone.
 */
export async function findSignedInUser(request: FastifyRequest, accounts: AccountStore): Promise<SignedInUser | null> {
  const authentication = await request.visit.authenticate({ slide: extendsSession(request.headers, request.query) });
  if (authentication.status !== "authenticated") return null;
  const account = await findSessionOwner(accounts, authentication.session);
  return account === null ? null : { account, authentication };
}

type SignedInHandler<Request extends FastifyRequest> = (
  user: SignedInUser,
  request: Request,
  reply: FastifyReply,
) => Promise<unknown>;

/** A handler for signed-in users; all others get 401. The cookie stays, because this may be a race or a fault. */
export function forSignedInUser<Request extends FastifyRequest>(
  accounts: AccountStore,
  handler: SignedInHandler<Request>,
): (request: Request, reply: FastifyReply) => Promise<unknown> {
  return async (request, reply) => {
    const user = await findSignedInUser(request, accounts);
    return user === null ? sendProblem(reply, "unauthenticated") : handler(user, request, reply);
  };
}
