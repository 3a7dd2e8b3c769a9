/**
 * Reads the body of a successful response as text.
 *
 * @throws Error for another status, or for a body of more than `maximumBytes`, after which it stops reading
 */
export async function readAnswer(response: Response, maximumBytes: number): Promise<string> {
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`The answer was ${response.status}.`);
  }
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.byteLength;
    if (bytes > maximumBytes) throw new Error(`The answer is longer than ${maximumBytes} bytes.`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}
