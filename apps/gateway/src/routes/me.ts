import type { FastifyInstance } from "fastify";
import type { AccountStore } from "../accounts/account-store.ts";
import { sendProblem } from "../problem.ts";
import { sessionView, userView } from "../session-view.ts";
import { forSignedInUser } from "../signed-in-user.ts";

/** Who I am, and by which session. */
export function addMeRoutes(app: FastifyInstance, { accounts }: { readonly accounts: AccountStore }): void {
  app.get(
    "/auth/me",
    forSignedInUser(accounts, async ({ account, authentication: { session } }) => ({
      user: userView(account),
      session: sessionView(session, session.id),
    })),
  );

  app.get<{ Params: { userId: string } }>(
    "/auth/profile/:userId",
    forSignedInUser(accounts, async ({ account }, request, reply) => {
      // The same answer for another's id and for one that nobody has.
      const { userId } = request.params as { userId: string };
      return userId === account.id ? userView(account) : sendProblem(reply, "forbidden");
    }),
  );
}
