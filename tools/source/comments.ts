import ts from "typescript";

export interface Comment {
  /** With its slashes and stars. */
  readonly text: string;
  /** Where it begins in the file. */
  readonly start: number;
  /** The line on which it begins, from 1. */
  readonly line: number;
}

/** The comments of a file, in their order. What looks like one in a string, a template or an expression is none. */
export function commentsOf(file: ts.SourceFile): readonly Comment[] {
  const comments: Comment[] = [];

  function visit(node: ts.Node): void {
    if (ts.isToken(node)) {
      // Between two tokens there are white space and comments, and nothing else.
      const between = file.text.slice(node.pos, node.getStart(file));
      for (const { 0: text, index } of between.matchAll(/\/\/[^\n]*|\/\*[\s\S]*?\*\//g)) {
        const start = node.pos + index;
        comments.push({ text, start, line: file.getLineAndCharacterOfPosition(start).line + 1 });
      }
      return;
    }
    for (const child of node.getChildren(file)) if (!ts.isJSDoc(child)) visit(child);
  }

  visit(file);
  return comments;
}
