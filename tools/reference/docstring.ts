import type { Comment, CommentDisplayPart } from "typedoc";
import type { Addresses } from "./addresses.ts";

/** Where a text is to stand: links lead from there, and not to the heading above it. */
export interface Place {
  readonly page: string;
  readonly heading: string;
}

/** Turns docstrings into Markdown, with a link where a word in code is the name of something. */
export class DocstringWriter {
  readonly #addresses: Addresses;

  constructor(addresses: Addresses) {
    this.#addresses = addresses;
  }

  /** The words, then what is thrown. */
  paragraphs(comment: Comment | undefined, place: Place): readonly string[] {
    if (comment === undefined) return [];
    const tagged = comment.blockTags.map(({ tag, content }) => {
      const words = this.text(content, place);
      if (tag !== "@throws") return words;
      const linked = words.replace(/\.$/, "").replace(/^\w*Error\b/, (name) => this.#code(`\`${name}\``, place));
      return `Throws ${linked}.`;
    });
    return [this.text(comment.summary, place), ...tagged].filter((text) => text !== "");
  }

  /** For a cell of a table: one line. */
  cell(comment: Comment | undefined, place: Place): string {
    const lines = this.paragraphs(comment, place).map((text) => text.replace(/\s*\n\s*/g, " "));
    return escapeCell(lines.join(" "));
  }

  text(parts: readonly CommentDisplayPart[], place: Place): string {
    return parts
      .map((part) => this.#part(part, place))
      .join("")
      .trim();
  }

  #part(part: CommentDisplayPart, place: Place): string {
    return part.kind === "code" ? this.#code(part.text, place) : part.text.replaceAll("<", "&lt;");
  }

  #code(text: string, { page, heading }: Place): string {
    const name = text.replace(/^`(.+)`$/, "$1");
    const isAbove = name === heading || heading.startsWith(`${name}.`) || heading === `new ${name}`;
    const link = isAbove ? null : this.#addresses.linkToName(name, page);
    return link === null ? text : `[${text}](${link})`;
  }
}

export function escapeCell(text: string): string {
  return text.replace(/(?<!\\)\|/g, "\\|");
}
