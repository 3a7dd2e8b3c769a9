import { loginsWith } from "../../../../logins.js";

export async function POST(request, { params }) {
  const login = await loginsWith((await params).store);
  const handle = login.handle(async (_request, visit) => {
    const result = await visit.login(await visit.begin("42"));
    return result.outcome === "refused" ? login.refuse(result.refusal) : Response.json(result.user);
  });
  return handle(request);
}
