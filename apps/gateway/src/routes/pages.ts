import { safeNext } from "coatcheck";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { AccountStore } from "../accounts/account-store.ts";
import type { PageFile, PageFiles } from "../pages/page-files.ts";
import { sendProblem } from "../problem.ts";
import { findSignedInUser } from "../signed-in-user.ts";

const SIGN_IN_PATH = "/auth/sign-in";
const ACCOUNT_PATH = "/auth/account";

/** The pages. Who is signed in never sees the sign-in page, who is not is sent there, and back again afterwards. */
export function addPageRoutes(
  app: FastifyInstance,
  { accounts, pages }: { readonly accounts: AccountStore; readonly pages: PageFiles },
): void {
  app.get("/", async (_request, reply) => reply.redirect(ACCOUNT_PATH));

  app.get(SIGN_IN_PATH, async (request, reply) => {
    const { next } = request.query as { next?: unknown };
    const user = await findSignedInUser(request, accounts);
    if (user !== null) return reply.redirect(safeNext(typeof next === "string" ? next : null, ACCOUNT_PATH));
    return sendPage(reply, pages.signIn);
  });

  app.get(ACCOUNT_PATH, async (request, reply) => {
    const user = await findSignedInUser(request, accounts);
    if (user === null)
      return reply.redirect(`${SIGN_IN_PATH}?next=${encodeURIComponent(safeNext(request.url, ACCOUNT_PATH))}`);
    return sendPage(reply, pages.account);
  });

  app.get<{ Params: { name: string } }>("/auth/assets/:name", async (request, reply) => {
    const file = pages.assets.get(request.params.name);
    if (file === undefined) return sendProblem(reply, "not_found");
    return reply.header("cache-control", "public, max-age=31536000, immutable").type(file.contentType).send(file.body);
  });
}

function sendPage(reply: FastifyReply, page: PageFile): FastifyReply {
  // The page itself is the same for everybody, but the way to it is not: it must be asked for each time.
  return reply.header("cache-control", "private, no-cache").type(page.contentType).send(page.body);
}
