import { type DeclarationReflection, type Reflection, ReflectionKind } from "typedoc";
import { hasOwnDocstring } from "./own-docstring.ts";
import type { Library, LibraryModule } from "./read-library.ts";

/** The exports of a page below one heading. */
export interface Group {
  readonly title: string;
  readonly members: readonly DeclarationReflection[];
  readonly isUnexported: boolean;
}

const GROUPS = [
  { title: "Classes", kinds: ReflectionKind.Class },
  { title: "Functions", kinds: ReflectionKind.Function },
  { title: "Values", kinds: ReflectionKind.Variable },
  { title: "Types", kinds: ReflectionKind.Interface | ReflectionKind.TypeAlias },
] as const;

/** The page of a subpath: `coatcheck/stores/redis` is `stores/redis.md`, and the root `coatcheck.md`. */
export function pageOf({ specifier }: LibraryModule): string {
  return `${specifier.replace(/^[^/]+\//, "")}.md`;
}

/** What a subpath exports, and another page describes. */
export function borrowedBy({ reflection }: LibraryModule): readonly Reflection[] {
  return (reflection.children ?? []).flatMap((member) =>
    member.isReference() ? [member.getTargetReflectionDeep()] : [],
  );
}

/** What stands on the page of a subpath, in order: exports by kind and name, then what they speak of. */
export function groupsOf({ reflection }: LibraryModule, library: Library): readonly Group[] {
  const all = [...(reflection.children ?? [])].sort(({ name: first }, { name: second }) => (first < second ? -1 : 1));
  const [exported, unexported] = [false, true].map((wanted) =>
    all.filter((member) => library.isUnexported(member) === wanted),
  );
  const groups = [
    ...GROUPS.map(({ title, kinds }) => ({
      title,
      members: exported?.filter((member) => member.kindOf(kinds)) ?? [],
      isUnexported: false,
    })),
    { title: "Not exported", members: unexported ?? [], isUnexported: true },
  ];
  return groups.filter(({ members }) => members.length > 0);
}

/** The members of a class or an interface, by their order in the source; not what it has from elsewhere. */
export function membersOf(owner: DeclarationReflection, library: Library): readonly DeclarationReflection[] {
  if (!owner.kindOf([ReflectionKind.Class, ReflectionKind.Interface])) return [];
  return (owner.children ?? []).filter((member) => library.declarationsOf(member).length > 0);
}

/**
 * Whether members are listed one by one. An interface of which no member has a docstring is shown as it is written: its
 * own docstring speaks for all of it. Of options that does not do.
 */
export function isListed(owner: DeclarationReflection, library: Library): boolean {
  const isOptions = owner.name.endsWith("Options") && !library.isUnexported(owner);
  const isClass = owner.kindOf(ReflectionKind.Class);
  return isClass || isOptions || membersOf(owner, library).some((member) => hasOwnDocstring(member, library));
}

/** The members that have a heading and a signature, and not a row of a table. */
export function methodsOf(owner: DeclarationReflection, library: Library): readonly DeclarationReflection[] {
  if (!isListed(owner, library)) return [];
  return membersOf(owner, library).filter(
    (member) => member.signatures !== undefined && !isDescribedElsewhere(member, library),
  );
}

/** Whether a class has the member because an interface asks for it, and says no more about it than that does. */
export function isDescribedElsewhere(member: DeclarationReflection, library: Library): boolean {
  return member.implementationOf !== undefined && !hasOwnDocstring(member, library);
}

/** The heading of a method: after its class, so that each heading says all of it. */
export function methodHeading(owner: DeclarationReflection, method: DeclarationReflection): string {
  return method.name === "constructor" ? `new ${owner.name}` : `${owner.name}.${method.name}`;
}
