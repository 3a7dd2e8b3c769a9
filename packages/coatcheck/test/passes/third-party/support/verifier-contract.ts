import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConfigurationFiles, documentedConfiguration, fillIn } from "@coatcheck/throwaway-servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { logIn } from "../../support/pass-parts.ts";
import { FOLDER, requestsForMore, SONG, withToken } from "./bad-requests.ts";
import { documentPath } from "./document-path.ts";
import { type FileService, startFileService } from "./file-service.ts";
import { forgedPasses } from "./forged-passes.ts";
import { writeKeyFiles } from "./key-files.ts";
import { PassOffice } from "./pass-office.ts";
import { type RawRequest, type RawResponse, send } from "./send.ts";

/** A program that verifies passes before a file service, as a document of ours configures it. */
export interface VerifyingProgram {
  /** In docs/signed-access. */
  readonly document: string;
  /** Where it has its configuration on Debian, which is how the document names each file. */
  readonly configurationFolder: string;
  readonly isMissing: boolean;
  /** Whether a pass for one file opens it if its name has to be encoded. */
  readonly opensEncodedNames: boolean;
  start(files: ConfigurationFiles): Promise<{ readonly port: number; stop(): Promise<void> }>;
}

/** The program while it runs, with a file service behind it and an issuer that both know nothing of. */
export interface Bench {
  readonly office: PassOffice;
  readonly files: FileService;
  send(request: RawRequest): Promise<RawResponse>;
}

/** What every program does with passes. `more` is what only this one does. */
export function verifierContract(program: VerifyingProgram, more: (bench: () => Bench) => void = () => {}): void {
  describe.skipIf(program.isMissing)(`docs/signed-access/${program.document}, as it stands there`, () => {
    let office: PassOffice;
    let files: FileService;
    let folder: string;
    let server: Awaited<ReturnType<VerifyingProgram["start"]>>;
    const ask = (request: RawRequest) => send(server.port, request);

    beforeAll(async () => {
      office = await PassOffice.open();
      files = await startFileService();
      folder = mkdtempSync(join(tmpdir(), "coatcheck-pass-keys-"));
      // The server is another user's than this process. What is in there is public.
      chmodSync(folder, 0o755);
      const [KID_1 = "", KID_2 = ""] = await writeKeyFiles(office.keySet, folder);
      const [JWK_1 = "", JWK_2 = ""] = office.keys.map(({ publicJwk }) => JSON.stringify(publicJwk));
      const values = { KEYS_FOLDER: folder, KID_1, KID_2, JWK_1, JWK_2, FILES_ADDRESS: files.address };
      const documented = documentedConfiguration(documentPath(program.document), program.configurationFolder);
      server = await program.start((LISTEN_ADDRESS) => fillIn(documented, { ...values, LISTEN_ADDRESS }));
    });

    afterAll(async () => {
      await server?.stop();
      await files?.stop();
      if (folder !== undefined) rmSync(folder, { recursive: true });
    });

    /** Which of the requests are not refused, by title. What reaches the file service was let through, however it ends. */
    async function letThrough(requests: Iterable<readonly [string, RawRequest]>): Promise<readonly string[]> {
      const through: string[] = [];
      for (const [title, request] of requests) {
        const before = files.heard.length;
        const { status } = await ask(request);
        if (status < 400 || status >= 500 || files.heard.length > before) through.push(`${title}: ${status}`);
      }
      return through;
    }

    const askingForSong = (tokens: Readonly<Record<string, string>>) =>
      Object.entries(tokens).map(([title, token]) => [title, { target: withToken(SONG, token) }] as const);

    test("a pass opens what it names, and the file service sees the path alone", async () => {
      const pass = await office.passFor(SONG);
      for (const target of [SONG, `${SONG}?download=1`, `http://files.example${SONG}`]) {
        const before = files.heard.length;
        expect(await ask({ target: withToken(target, pass) }), target).toEqual({ status: 200, body: "the file" });
        expect(files.heard.slice(before), target).toEqual([`GET ${SONG}`]);
      }
    });

    test("a pass for a folder opens what is below", async () => {
      const pass = await office.passFor(FOLDER);
      for (const path of [SONG, "/songs/live/1999/two.wav", "/songs/.a..b-_~!*'().wav"]) {
        const before = files.heard.length;
        expect(await ask({ target: withToken(path, pass) }), path).toEqual({ status: 200, body: "the file" });
        expect(files.heard.slice(before), path).toEqual([`GET ${path}`]);
      }
    });

    test("a pass opens the longest path that there can be one for", async () => {
      const path = `/${"a".repeat(1_023)}`;
      expect((await ask({ target: withToken(path, await office.passFor(path)) })).status).toBe(200);
    });

    test("a pass opens for HEAD, too", async () => {
      const target = withToken(SONG, await office.passFor(SONG));
      expect(await ask({ method: "HEAD", target })).toEqual({ status: 200, body: "" });
    });

    test("passes of the key before and of the key after are good while a key is replaced", async () => {
      for (const key of office.keys) {
        const target = withToken(SONG, await office.passFor(SONG, { key }));
        expect((await ask({ target })).status, key.kid).toBe(200);
      }
    });

    test("without a token nothing is opened", async () => {
      const targets = [SONG, FOLDER, `${SONG}?token=`, `${SONG}?token`, `${SONG}?`, "/", "/.pass", "/nothing"];
      expect(await letThrough(targets.map((target) => [target, { target }] as const))).toEqual([]);
    });

    test("what was forged, has expired or is for others opens nothing", async () => {
      const [key] = office.keys;
      const pemFile = join(folder, `${key.kid}.pem`);
      for (const path of [SONG, FOLDER]) {
        const forged = await forgedPasses({ good: await office.passFor(path), key, pemFile });
        expect(await letThrough(askingForSong(forged)), path).toEqual([]);
      }
    });

    test("only a pass is one", async () => {
      expect(await letThrough(askingForSong(await office.otherTokens()))).toEqual([]);
    });

    test("a good pass opens nothing else, and nothing for a request that writes", async () => {
      const [song, folderPass] = [await office.passFor(SONG), await office.passFor(FOLDER)];
      expect(await letThrough(requestsForMore({ song, folder: folderPass }))).toEqual([]);
    });

    test.each([
      "/songs/one%20day.wav",
      "/songs/100%25.wav",
      "/songs/AC%5CDC.wav",
      "/songs/my%2520song.wav",
      "/songs/a%3Fb%23c.wav",
    ])("names that have to be encoded want a pass of their own: %s", async (path) => {
      const below = { target: withToken(path, await office.passFor(FOLDER)) };
      expect(await letThrough([["below the folder", below]])).toEqual([]);
      const own = await ask({ target: withToken(path, await office.passFor(path)) });
      expect(own.status).toBe(program.opensEncodedNames ? 200 : 403);
    });

    test("of many requests at once, each is answered by its own pass", async () => {
      const good = withToken(SONG, await office.passFor(SONG));
      const bad = withToken(SONG, await office.passFor("/songs/two.wav"));
      const targets = Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? good : bad));
      const answers = await Promise.all(targets.map((target) => ask({ target })));
      expect(answers.map(({ status }) => status)).toEqual(targets.map((target) => (target === good ? 200 : 403)));
    });

    test("what it does not check, as the document says: an ended session, the client's address", async () => {
      const { authentication: holder, token: sessionToken } = await logIn(office.sessions);
      const pass = await office.passFor(SONG, { holder, clientAddress: "192.0.2.1" });
      await office.sessions.logout(holder);
      expect(await office.sessions.authenticate(sessionToken)).toMatchObject({ status: "unauthenticated" });
      expect((await ask({ target: withToken(SONG, pass) })).status).toBe(200);
    });

    more(() => ({ office, files, send: ask }));
  });
}
