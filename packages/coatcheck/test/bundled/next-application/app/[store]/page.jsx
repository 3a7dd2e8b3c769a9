import { headers } from "next/headers";
import { loginsWith } from "../../logins.js";

/** Who is logged in, as a server component sees it. */
export default async function Page({ params }) {
  const { store } = await params;
  const auth = await loginsWith(store);
  const request = new Request(`${process.env.ORIGIN}/${store}`, { headers: await headers() });
  let user = null;
  await auth.handle(async (_request, session) => {
    ({ user } = await session.load());
    return new Response();
  })(request);
  return <p>{user === null ? "nobody" : `user ${user.id}`}</p>;
}
