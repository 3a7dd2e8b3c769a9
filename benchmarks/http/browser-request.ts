/** As a browser sends it from a page of the application. Logins have it too: a session notices another device. */
export const USER_AGENT =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36";

const BROWSER_HEADERS: Readonly<Record<string, string>> = {
  "User-Agent": USER_AGENT,
  Accept: "*/*",
  "Accept-Language": "en-GB,en;q=0.9,de;q=0.8",
  "Accept-Encoding": "gzip, deflate, br, zstd",
  Referer: "http://localhost:3000/app/inbox",
  "sec-ch-ua": '"Chromium";v="146", "Not)A;Brand";v="8"',
  "sec-ch-ua-mobile": "?0",
  "sec-ch-ua-platform": '"Windows"',
  "Sec-Fetch-Dest": "empty",
  "Sec-Fetch-Mode": "cors",
  "Sec-Fetch-Site": "same-origin",
};

/** A GET with a browser's headers and others, as it goes over the wire. */
export function browserRequest(host: string, path: string, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ Host: host, ...BROWSER_HEADERS, ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return [`GET ${path} HTTP/1.1`, ...lines, "", ""].join("\r\n");
}
