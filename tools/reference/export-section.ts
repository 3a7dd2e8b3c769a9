import { type DeclarationReflection, ReflectionKind } from "typedoc";
import ts from "typescript";
import type { Addresses } from "./addresses.ts";
import type { DocstringWriter, Place } from "./docstring.ts";
import { isDescribedElsewhere, isListed, membersOf, methodHeading, methodsOf } from "./layout.ts";
import { commentOf } from "./own-docstring.ts";
import type { Library } from "./read-library.ts";
import { signatureOf, wholeTextOf } from "./signature.ts";
import { typeCell, typesLine } from "./type-cell.ts";

/** Writes what there is to say about one export, and about its members. */
export class SectionWriter {
  readonly #library: Library;
  readonly #addresses: Addresses;
  readonly #docstrings: DocstringWriter;

  constructor(library: Library, addresses: Addresses, docstrings: DocstringWriter) {
    this.#library = library;
    this.#addresses = addresses;
    this.#docstrings = docstrings;
  }

  /** The blocks of one export, to be parted by blank lines. */
  section(owner: DeclarationReflection, page: string): readonly string[] {
    const place = { page, heading: owner.name };
    const spokenOf = isListed(owner, this.#library) ? [owner] : [owner, ...membersOf(owner, this.#library)];
    return [
      `### ${owner.name}`,
      ...this.#code(owner),
      ...this.#docstrings.paragraphs(commentOf(owner), place),
      ...this.#parameters(owner, place),
      ...this.#types(spokenOf, place),
      ...(isListed(owner, this.#library) ? this.#members(owner, place) : []),
    ];
  }

  #members(owner: DeclarationReflection, place: Place): readonly string[] {
    return [
      ...this.#properties(owner, place),
      ...this.#describedElsewhere(owner, place),
      ...methodsOf(owner, this.#library).flatMap((method) => this.#method(owner, method, place.page)),
    ];
  }

  #properties(owner: DeclarationReflection, { page }: Place): readonly string[] {
    const properties = membersOf(owner, this.#library).filter((member) => member.signatures === undefined);
    const rows = properties.map((member) => {
      const place = { page, heading: `${owner.name}.${member.name}` };
      const type = typeCell(member, this.#library, this.#addresses, place);
      const name = `\`${member.name}${member.flags.isOptional ? "?" : ""}\``;
      return `| ${name} | ${type} | ${this.#docstrings.cell(commentOf(member), place)} |`;
    });
    const hasDefaults = properties.some(({ flags }) => flags.isOptional);
    const head = hasDefaults ? "| name | type | meaning, and default |" : "| name | type | meaning |";
    return rows.length === 0 ? [] : [[head, "|---|---|---|", ...rows].join("\n")];
  }

  #method(owner: DeclarationReflection, method: DeclarationReflection, page: string): readonly string[] {
    const place = { page, heading: methodHeading(owner, method) };
    return [
      `#### ${place.heading}`,
      ...this.#code(method),
      ...this.#docstrings.paragraphs(commentOf(method), place),
      ...this.#parameters(method, place),
      ...this.#types([method], place),
    ];
  }

  #describedElsewhere(owner: DeclarationReflection, { page }: Place): readonly string[] {
    const members = membersOf(owner, this.#library).filter((member) => isDescribedElsewhere(member, this.#library));
    const contract = members[0]?.implementationOf?.name.split(".")[0];
    if (contract === undefined) return [];
    const link = this.#addresses.linkToName(contract, page);
    return [`As [\`${contract}\`](${link}) describes them: ${members.map(({ name }) => `\`${name}\``).join(", ")}.`];
  }

  /** A table of those that have words of their own. */
  #parameters(called: DeclarationReflection, place: Place): readonly string[] {
    const parameters = called.signatures?.flatMap((signature) => signature.parameters ?? []) ?? [];
    const rows = parameters
      .filter(({ comment }) => comment !== undefined)
      .map(({ name, comment }) => `| \`${name}\` | ${this.#docstrings.cell(comment, place)} |`);
    return rows.length === 0 ? [] : [["| parameter | meaning |", "|---|---|", ...rows].join("\n")];
  }

  /** Nothing, where it would say no more than the heading does. */
  #code(reflection: DeclarationReflection): readonly string[] {
    const isWhole = reflection.kindOf(ReflectionKind.Interface) && !isListed(reflection, this.#library);
    const declarations = this.#library.declarationsOf(reflection).filter(isShown);
    const texts = declarations.map((declaration) =>
      isWhole ? wholeTextOf(declaration) : signatureOf(declaration, this.#library.checker),
    );
    const saysNothing = texts.every((text) => /^(?:class|interface) \w+$/.test(text));
    return saysNothing ? [] : [`\`\`\`ts\n${texts.join("\n")}\n\`\`\``];
  }

  #types(reflections: readonly DeclarationReflection[], place: Place): readonly string[] {
    const declarations = reflections.flatMap((reflection) => this.#library.declarationsOf(reflection));
    return typesLine(declarations, this.#library, this.#addresses, place);
  }
}

/** Of overloads those that can be called, and not the implementation behind them. */
function isShown(declaration: ts.Declaration, _index: number, all: readonly ts.Declaration[]): boolean {
  return all.length === 1 || !ts.isFunctionLike(declaration) || !("body" in declaration && declaration.body);
}
