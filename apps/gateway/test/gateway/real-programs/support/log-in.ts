import { RawConnection } from "./raw-connection.ts";

export interface LoggedIn {
  readonly cookie: string;
  readonly userId: string;
}

export async function logIn(
  { port, host }: { readonly port: number; readonly host: string },
  { email, password }: { readonly email: string; readonly password: string },
): Promise<LoggedIn> {
  const connection = new RawConnection(port);
  const body = JSON.stringify({ email, password });
  const lines = ["POST /auth/login HTTP/1.1", `Host: ${host}`, "X-CSRF: 1", "Content-Type: application/json"];
  const login = await connection.send(`${lines.join("\r\n")}\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  const cookie = [...login.head.matchAll(/^set-cookie: ([^;]+)/gim)].map(([, pair]) => pair).join("; ");
  const me = await connection.send(`GET /auth/me HTTP/1.1\r\nHost: ${host}\r\nCookie: ${cookie}\r\n\r\n`);
  connection.close();
  if (me.status !== 200) throw new Error(`The login was answered with ${login.status}: ${login.body}`);
  return { cookie, userId: (JSON.parse(me.body) as { readonly user: { readonly id: string } }).user.id };
}
