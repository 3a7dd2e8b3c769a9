/**
 * What a path may hold that services read in several ways. It passes where a route, or the question of a proxy, allows
 * it by this name: its service means it. What else the service could make of it is then decided about as well.
 */
export const PATH_ALLOWANCES = [
  /** "%2F" and "%5C" within a segment: data to some, a step to others. */
  "allowEncodedSlash",
  /** ";", at which some servers cut a segment. */
  "allowParameters",
  /** "%25", which is a percent sign to those that decode once. */
  "allowEncodedPercent",
  /** "//", which many take for "/". Never at the beginning, where URL parsers read a host. */
  "allowEmptySegments",
  /** Bytes that are no UTF-8, as "%E9" of ISO-8859-1. */
  "allowNonUtf8",
] as const;

export type PathAllowance = (typeof PATH_ALLOWANCES)[number];

export type PathAllowances = Readonly<Record<PathAllowance, boolean>>;

export function allowancesOf(allows: (name: PathAllowance) => boolean): PathAllowances {
  return Object.fromEntries(PATH_ALLOWANCES.map((name) => [name, allows(name)])) as PathAllowances;
}
