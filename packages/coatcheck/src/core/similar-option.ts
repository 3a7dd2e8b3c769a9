/** The name that `name` was probably meant to be; null if none is similar. */
export function similarOption(name: string, names: readonly string[]): string | null {
  const ranked = names
    .map((each) => ({ each, distance: editDistance(name.toLowerCase(), each.toLowerCase()) }))
    .sort((first, second) => first.distance - second.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.max(2, best.each.length / 3) ? best.each : null;
}

/** The Levenshtein distance: how many letters must be added, removed or replaced. */
function editDistance(first: string, second: string): number {
  let previous = Array.from({ length: second.length + 1 }, (_, index) => index);
  for (let row = 1; row <= first.length; row++) {
    const current = [row];
    for (let column = 1; column <= second.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (first[row - 1] === second[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[second.length] ?? 0;
}
