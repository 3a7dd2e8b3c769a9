const PAUSE_MILLISECONDS = 5;

/**
 * Waits for an event that comes "soon after". It gives up in the end, and the test then shows the difference. It counts
 * pauses and not time, so that a machine that stands still does not use up the patience.
 */
export async function pauseUntil(condition: () => boolean, maximumPauses = 1_000): Promise<void> {
  for (let pauses = 0; !condition() && pauses < maximumPauses; pauses += 1) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
  }
}
