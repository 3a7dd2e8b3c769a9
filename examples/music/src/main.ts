import { startLibrary } from "./library.ts";

// The library API by itself, behind a gateway that runs elsewhere. `npm start` runs it together with everything else.

const environment = process.env;
const host = environment.HOST ?? "localhost";
const port = Number(environment.LIBRARY_PORT ?? 8082);
const issuer = environment.LIBRARY_ISSUER ?? "http://localhost:8080";

const library = await startLibrary({
  host,
  port,
  issuer,
  audience: environment.LIBRARY_AUDIENCE ?? `http://localhost:${port}`,
  jwksUrl: environment.LIBRARY_JWKS_URL ?? `${issuer}/.well-known/jwks.json`,
  filesOrigin: environment.LIBRARY_FILES_URL ?? "http://localhost:8081",
});
console.log(library.url);

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void library.close());
