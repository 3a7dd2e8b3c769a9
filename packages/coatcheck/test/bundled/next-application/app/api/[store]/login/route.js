import { loginsWith } from "../../../../logins.js";

export async function POST(request, { params }) {
  const auth = await loginsWith((await params).store);
  const handle = auth.handle(async (_request, session) => {
    const login = await session.login("42", () => true);
    return login.ok ? Response.json(login.user) : auth.answer(login);
  });
  return handle(request);
}
