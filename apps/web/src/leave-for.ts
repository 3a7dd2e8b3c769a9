/**
 * Goes to another page, in place of this one in the history. The promise never settles: whatever waits for it stays
 * as it is, so that nothing flickers on a page that is going away.
 */
export function leaveFor(url: string): Promise<never> {
  location.replace(url);
  return new Promise(() => {});
}
