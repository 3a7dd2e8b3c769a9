export interface KeyboardActions {
  readonly toggle: () => void;
  readonly seekBy: (seconds: number) => void;
  /** 1 for the next song, -1 for the one before. */
  readonly skip: (songs: 1 | -1) => void;
}

const SEEK_SECONDS = 5;

/** The keys of the whole page. What a focused control makes of a key itself stays its own. */
export function listenToKeys(actions: KeyboardActions): void {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    if (!act(event, actions)) return;
    event.preventDefault();
  });
}

function act({ key, shiftKey, target }: KeyboardEvent, { toggle, seekBy, skip }: KeyboardActions): boolean {
  const element = target instanceof Element ? target : document.body;
  if (key === " ") {
    if (element.matches("button, a")) return false;
    toggle();
    return true;
  }
  const direction = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
  if (direction === 0 || element.matches("#volume")) return false;
  if (shiftKey) skip(direction);
  else seekBy(direction * SEEK_SECONDS);
  return true;
}
