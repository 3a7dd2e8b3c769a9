/**
 * Features of a path that services read in several ways. A path with one passes only if a route, or a proxy's question,
 * allows it by this name, because its service expects it. The gateway then also decides about the other paths that the
 * service could read.
 */
export const PATH_ALLOWANCES = [
  /** "%2F" and "%5C" within a segment: data to some services, a separator to others. */
  "allowEncodedSlash",
  /** ";", at which some servers cut a segment. */
  "allowParameters",
  /** "%25", which is a percent sign to services that decode once. */
  "allowEncodedPercent",
  /** "//", which many services take for "/". Never at the beginning, where URL parsers read a host. */
  "allowEmptySegments",
  /** Bytes that are not UTF-8, such as "%E9" in ISO-8859-1. */
  "allowNonUtf8",
] as const;

export type PathAllowance = (typeof PATH_ALLOWANCES)[number];

export type PathAllowances = Readonly<Record<PathAllowance, boolean>>;

export function allowancesOf(allows: (name: PathAllowance) => boolean): PathAllowances {
  return Object.fromEntries(PATH_ALLOWANCES.map((name) => [name, allows(name)])) as PathAllowances;
}
