import { posix } from "node:path";
import type { Reflection } from "typedoc";
import { groupsOf, methodHeading, methodsOf, pageOf } from "./layout.ts";
import type { Library, LibraryModule } from "./read-library.ts";

/** A page, or a heading of it. */
interface Address {
  /** The page, from the folder of the pages. */
  readonly page: string;
  readonly anchor: string | null;
}

/** Where everything stands: pages, headings, and the codes in the list of errors. */
export class Addresses {
  readonly #byReflection = new Map<number, Address>();
  /** By the names that docstrings use; for each the root's comes first, and after it the pages in order. */
  readonly #byName = new Map<string, Address[]>();
  readonly #errorCodes: ReadonlySet<string>;

  /** @param errorCodes what has an anchor of that name in the list of errors */
  constructor(library: Library, errorCodes: ReadonlySet<string>) {
    this.#errorCodes = errorCodes;
    for (const module of library.modules) {
      const page = pageOf(module);
      const anchors = new Anchors();
      this.#byName.set(module.specifier, [{ page, anchor: null }]);
      for (const [heading, reflection] of headingsOf(module, library)) {
        const address = { page, anchor: anchors.next(heading) };
        if (reflection === null) continue;
        this.#byReflection.set(reflection.id, address);
        this.#byName.set(heading, [...(this.#byName.get(heading) ?? []), address]);
      }
    }
  }

  /** A link to what is described; null for what is not. */
  linkTo(reflection: Reflection | undefined, from: string): string | null {
    const address = reflection === undefined ? undefined : this.#byReflection.get(reflection.id);
    return address === undefined ? null : relative(from, address);
  }

  /** A link to what a docstring calls by this name: what is on its own page first. Null for what is not described. */
  linkToName(name: string, from: string): string | null {
    if (this.#errorCodes.has(name)) return relative(from, { page: "../errors.md", anchor: name });
    const addresses = this.#byName.get(name) ?? [];
    const address = addresses.find(({ page }) => page === from) ?? addresses[0];
    return address === undefined ? null : relative(from, address);
  }
}

/** The anchors of a page's headings as GitHub makes them: of two that are alike, the second gets a number. */
class Anchors {
  readonly #uses = new Map<string, number>();

  next(heading: string): string {
    const anchor = heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-");
    const uses = this.#uses.get(anchor) ?? 0;
    this.#uses.set(anchor, uses + 1);
    return uses === 0 ? anchor : `${anchor}-${uses}`;
  }
}

/** Every heading of a page in its order, and what it is about. */
function headingsOf(module: LibraryModule, library: Library): readonly (readonly [string, Reflection | null])[] {
  const groups = groupsOf(module, library).flatMap(({ title, members }) => [
    [title, null] as const,
    ...members.flatMap((member) => [
      [member.name, member] as const,
      ...methodsOf(member, library).map((method) => [methodHeading(member, method), method] as const),
    ]),
  ]);
  return [[module.specifier, null], ...groups];
}

function relative(from: string, { page, anchor }: Address): string {
  const path = page === from ? "" : posix.relative(posix.dirname(from), page);
  return anchor === null ? path : `${path}#${anchor}`;
}
