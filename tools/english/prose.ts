import { commentsOf } from "../source/comments.ts";
import { parseSource } from "../source/parsed-source.ts";
import type { SourceFile } from "../source/source-files.ts";

/** Comments by the kind of file; a group named `prose` is what counts of a match. */
const commentPatterns: readonly (readonly [files: RegExp, comments: RegExp])[] = [
  [/\.(?:css|pml)$/, /\/\*[\s\S]*?\*\//g],
  [/\.sql$/, /--.*/g],
  [/\.html$/, /<!--[\s\S]*?-->/g],
  // A hash in a string or in an expansion is none: it has a quote before it, or no white space.
  [
    /(?:^|\/)\.ci\/[^.]+$|\.(?:sh|yml|py|pl)$/,
    /(?<=^|\n)(?:[^"'\n#]|"[^"\n]*"|'[^'\n]*'|\S#)*?(?<prose>(?<=^|\s)#.*)/g,
  ],
];

/**
 * What people read in a file: its comments, or a whole Markdown document, without code and quotations. Everything else
 * is blank, so that each word stays where it is in the file.
 */
export function proseOf(file: SourceFile): string {
  const { path, text } = file;
  if (path.endsWith(".md")) return withoutQuotations(text);
  const stretches = /\.[cm]?[jt]sx?$/.test(path) ? parsedComments(file) : matchedComments(file);
  let prose = "";
  for (const { start, text: comment } of stretches) {
    prose += blank(text.slice(prose.length, start)) + withoutMarks(comment);
  }
  return withoutQuotations(prose + blank(text.slice(prose.length)));
}

interface Stretch {
  readonly start: number;
  readonly text: string;
}

function parsedComments(file: SourceFile): readonly Stretch[] {
  return commentsOf(parseSource(file));
}

function matchedComments({ path, text }: SourceFile): readonly Stretch[] {
  const pattern = commentPatterns.find(([files]) => files.test(path))?.[1];
  if (pattern === undefined) return [];
  return [...text.matchAll(pattern)].map(({ 0: match, index, groups }) => {
    const prose = groups?.prose ?? match;
    return { start: index + match.length - prose.length, text: prose };
  });
}

/** A comment without what makes it one: slashes, stars, hashes and dashes at the start of its lines. */
function withoutMarks(comment: string): string {
  return comment.replace(/^[ \t]*(?:\/\/+|\/?\*+\/?|#+|--|<!--)|\*\/$|-->$/gm, blank);
}

/**
 * Without code, in fences and between backticks, and without what others said, between quotation marks or after `>`. A
 * quotation ends with its paragraph, so that an odd mark hides no more than that.
 */
function withoutQuotations(prose: string): string {
  return prose
    .replace(/^[ \t]*(```|~~~)[\s\S]*?\n[ \t]*\1[ \t]*$/gm, blank)
    .replace(/^[ \t]*>.*$/gm, blank)
    .split(/(\n[ \t]*\n)/)
    .map((paragraph) => paragraph.replace(/(`+)[\s\S]*?\1|"[^"]*"|“[^”]*”|\]\([^)\s]*\)/g, blank))
    .join("");
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, " ");
}
