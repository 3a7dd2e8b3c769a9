import type { Comment, DeclarationReflection, Reflection } from "typedoc";
import ts from "typescript";
import type { Library } from "./read-library.ts";

/** The docstring of anything: TypeDoc gives that of a function or a getter to its signature. */
export function commentOf(reflection: DeclarationReflection): Comment | undefined {
  return reflection.comment ?? reflection.signatures?.[0]?.comment ?? reflection.getSignature?.comment;
}

/** Whether it has a docstring where it is written, and not only what TypeDoc copied from what it implements. */
export function hasOwnDocstring(reflection: Reflection, library: Library): boolean {
  return library.declarationsOf(reflection).some((declaration) => ts.getJSDocCommentsAndTags(declaration).length > 0);
}
