import { Addresses } from "./addresses.ts";
import { DocstringWriter } from "./docstring.ts";
import { SectionWriter } from "./export-section.ts";
import { borrowedBy, type Group, groupsOf, pageOf } from "./layout.ts";
import type { Library, LibraryModule } from "./read-library.ts";

const NOTE = "<!-- Written by `npm run reference`, from the docstrings in the sources. Change those. -->";

const INTRODUCTION = `# Reference

What the library publishes, subpath by subpath, in the words of its sources. What can go wrong, by code, is in
[errors.md](../errors.md).`;

const UNEXPORTED = "What is named above, and has no name to import.";

/**
 * The pages of the reference by their paths: an index, and one page for each subpath.
 *
 * @param errorCodes what has an anchor of that name in the list of errors
 */
export function referencePages(library: Library, errorCodes: ReadonlySet<string>): ReadonlyMap<string, string> {
  const addresses = new Addresses(library, errorCodes);
  const docstrings = new DocstringWriter(addresses);
  const sections = new SectionWriter(library, addresses, docstrings);
  const pages = library.modules.map((module) => {
    const page = pageOf(module);
    const groups = groupsOf(module, library);
    const body = groups.flatMap(({ title, members, isUnexported }) => [
      `## ${title}`,
      ...(isUnexported ? [UNEXPORTED] : []),
      ...members.flatMap((member) => sections.section(member, page)),
    ]);
    const contents = contentsOf(module, groups, addresses);
    return [page, pageText([...headOf(module, docstrings), ...contents, ...body])] as const;
  });
  return new Map([["README.md", indexOf(library, docstrings)], ...pages]);
}

function indexOf(library: Library, docstrings: DocstringWriter): string {
  const rows = library.modules.map((module) => {
    const words = docstrings.cell(module.reflection.comment, { page: "README.md", heading: "" });
    return `| [\`${module.specifier}\`](${pageOf(module)}) | ${words} |`;
  });
  return pageText([INTRODUCTION, ["| import | what it is |", "|---|---|", ...rows].join("\n")]);
}

function headOf(module: LibraryModule, docstrings: DocstringWriter): readonly string[] {
  const page = pageOf(module);
  const up = "../".repeat(page.split("/").length - 1);
  const source = `packages/coatcheck/${module.source}`;
  return [
    `# ${module.specifier}`,
    `[Reference](${up}README.md) · [${source}](${up}../../${source})`,
    ...docstrings.paragraphs(module.reflection.comment, { page, heading: module.specifier }),
  ];
}

function contentsOf(module: LibraryModule, groups: readonly Group[], addresses: Addresses): readonly string[] {
  const listed = [
    ...groups.filter(({ isUnexported }) => !isUnexported),
    { title: "Described elsewhere", members: borrowedBy(module) },
  ];
  const lines = listed.flatMap(({ title, members }) => {
    const links = members.map((member) => `[\`${member.name}\`](${addresses.linkTo(member, pageOf(module))})`);
    return links.length === 0 ? [] : [`${title}: ${links.join(", ")}`];
  });
  return lines.length === 0 ? [] : [lines.join("\\\n")];
}

function pageText(blocks: readonly string[]): string {
  return `${[NOTE, ...blocks].join("\n\n")}\n`;
}
