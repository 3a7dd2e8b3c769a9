import type { DeclarationReflection } from "typedoc";
import ts from "typescript";
import type { Addresses } from "./addresses.ts";
import type { Place } from "./docstring.ts";
import { escapeCell } from "./docstring.ts";
import type { Library } from "./read-library.ts";
import { typeOf } from "./signature.ts";
import { shownTypesOf, type TypeReference, typeReferencesIn } from "./type-references.ts";

/** The type of a property, for a cell of a table: its names are links. */
export function typeCell(member: DeclarationReflection, library: Library, addresses: Addresses, place: Place): string {
  const [declaration] = library.declarationsOf(member);
  if (declaration === undefined) return "";
  const { node, text } = typeOf(declaration, library.checker);
  const references = node === null ? [] : typeReferencesIn(node, library.checker);
  // Inherited from something generic, and written in its terms: TypeDoc has put in what they stand for.
  if (member.inheritedFrom !== undefined && references.some(isParameter)) return codeSpan(String(member.type));
  const links = references.flatMap((reference) => {
    const link = addresses.linkTo(library.reflectionOf(reference.symbol), place.page);
    return link === null ? [] : [{ ...reference, link }];
  });
  if (node === null || links.length === 0) return codeSpan(text);
  return `<code>${escapeCell(oneLine(withLinks(node, links)))}</code>`;
}

/** What else a signature speaks of, as links; nothing if it speaks of nothing that is described. */
export function typesLine(
  declarations: readonly ts.Declaration[],
  library: Library,
  addresses: Addresses,
  place: Place,
): readonly string[] {
  const types = declarations.flatMap(shownTypesOf).flatMap((type) => typeReferencesIn(type, library.checker));
  const links = types.flatMap(({ name, symbol }) => {
    const link = addresses.linkTo(library.reflectionOf(symbol), place.page);
    return link === null || place.heading.split(/[. ]/).includes(name.text) ? [] : [`[\`${name.text}\`](${link})`];
  });
  return links.length === 0 ? [] : [`Types: ${[...new Set(links)].join(", ")}.`];
}

/** HTML, because a code span of Markdown can hold no link. */
function withLinks(node: ts.Node, links: readonly (TypeReference & { readonly link: string })[]): string {
  const text = node.getSourceFile().text;
  let position = node.getStart();
  let html = "";
  for (const { name, link } of links) {
    html += `${escapeHtml(text.slice(position, name.getStart()))}[${name.text}](${link})`;
    position = name.getEnd();
  }
  return html + escapeHtml(text.slice(position, node.getEnd()));
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function isParameter({ symbol }: TypeReference): boolean {
  return (symbol.flags & ts.SymbolFlags.TypeParameter) !== 0;
}

function codeSpan(text: string): string {
  return escapeCell(`\`${oneLine(text)}\``);
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, " ");
}
