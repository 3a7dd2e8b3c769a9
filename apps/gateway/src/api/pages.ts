import type { FastifyInstance, FastifyReply } from "fastify";
import type { GatewayAuth } from "../doors/origin-doors.ts";
import { sendProblem } from "../http/problem.ts";
import type { PageFile, PageFiles } from "../pages/page-files.ts";
import {
  ACCOUNT_PATH,
  CONFIRM_PATH,
  SIGN_IN_PATH,
  SIGN_OUT_PATH,
  SIGNED_OUT_LOCATION,
  SWITCH_USER,
  signInLocation,
} from "../pages/page-locations.ts";

/**
 * The pages. A user who is signed in never sees the sign-in page. A visitor who is not is sent there, and back again
 * afterwards.
 */
export function addPageRoutes(
  app: FastifyInstance,
  { auth, pages }: { readonly auth: GatewayAuth; readonly pages: PageFiles },
): void {
  app.get("/", async (_request, reply) => reply.redirect(ACCOUNT_PATH));

  app.get(SIGN_IN_PATH, async (request, reply) => {
    if (SWITCH_USER in (request.query as object)) return sendPage(reply, pages.signIn);
    const own = await auth.of(request).load();
    return own.user === null ? sendPage(reply, pages.signIn) : reply.redirect(own.next(ACCOUNT_PATH));
  });

  // A link may lead here: opening the page changes nothing, only its button does.
  app.get(SIGN_OUT_PATH, async (request, reply) => {
    const { user } = await auth.of(request).load();
    return user === null ? reply.redirect(SIGNED_OUT_LOCATION) : sendPage(reply, pages.signOut);
  });

  // A recent sign-in proves as much as entering the password again, so this asks for no second proof.
  app.get(CONFIRM_PATH, async (request, reply) => {
    const own = await auth.of(request).load();
    const next = own.next(ACCOUNT_PATH);
    if (own.user === null) return reply.redirect(signInLocation(next));
    return (await own.isFresh()) ? reply.redirect(next) : sendPage(reply, pages.confirm);
  });

  app.get(ACCOUNT_PATH, async (request, reply) => {
    const { user } = await auth.of(request).load();
    return user === null ? reply.redirect(signInLocation(request.url)) : sendPage(reply, pages.account);
  });

  app.get<{ Params: { name: string } }>("/auth/assets/:name", async (request, reply) => {
    const file = pages.assets.get(request.params.name);
    if (file === undefined) return sendProblem(reply, "not_found");
    return reply.header("cache-control", "public, max-age=31536000, immutable").type(file.contentType).send(file.body);
  });
}

function sendPage(reply: FastifyReply, page: PageFile): FastifyReply {
  // The page's script fills in one user's data: after a logout, the browser's Back must not show it again.
  return reply.header("cache-control", "private, no-store").type(page.contentType).send(page.body);
}
