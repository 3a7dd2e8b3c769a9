// The pages are in English, whatever the language of the browser: a sentence in two languages is harder to read.
const relativeFormat = new Intl.RelativeTimeFormat("en", { numeric: "always" });
const absoluteFormat = new Intl.DateTimeFormat("en", { dateStyle: "long", timeStyle: "short" });

/** "just now", "5 minutes ago", "in 7 days". */
export function relativeTime(time: number, now: number): string {
  const seconds = Math.round((time - now) / 1_000);
  const distance = Math.abs(seconds);
  if (distance < 45) return seconds <= 0 ? "just now" : "in less than a minute";
  const direction = Math.sign(seconds);
  const minutes = Math.max(1, Math.round(distance / 60));
  if (minutes < 60) return relativeFormat.format(direction * minutes, "minute");
  const hours = Math.round(distance / 3_600);
  if (hours < 24) return relativeFormat.format(direction * hours, "hour");
  return relativeFormat.format(direction * Math.round(distance / 86_400), "day");
}

/** "November 23, 2026 at 3:04 PM", in the browser's time zone. */
export function absoluteTime(time: number): string {
  return absoluteFormat.format(time);
}

/** How long one still has to wait: "2 minutes 5 seconds". */
export function durationText(seconds: number): string {
  const parts = [
    counted(Math.floor(seconds / 3_600), "hour"),
    counted(Math.floor((seconds % 3_600) / 60), "minute"),
    counted(seconds % 60, "second"),
  ];
  return parts.filter((part) => part !== "").join(" ") || "a moment";
}

function counted(count: number, noun: string): string {
  return count === 0 ? "" : `${count} ${noun}${count === 1 ? "" : "s"}`;
}
