/** "2:05", as players show it. */
export function clockText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** "2 minutes 5 seconds", as it is read aloud. */
export function spokenTime(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [counted(Math.floor(whole / 60), "minute"), counted(whole % 60, "second")];
  return parts.filter((part) => part !== "").join(" ") || "0 seconds";
}

function counted(count: number, noun: string): string {
  return count === 0 ? "" : `${count} ${noun}${count === 1 ? "" : "s"}`;
}
