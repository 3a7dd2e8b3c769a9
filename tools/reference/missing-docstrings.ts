import { Comment, type DeclarationReflection } from "typedoc";
import { groupsOf, isDescribedElsewhere, isListed, membersOf } from "./layout.ts";
import { commentOf, hasOwnDocstring } from "./own-docstring.ts";
import type { Library, LibraryModule } from "./read-library.ts";

/**
 * What is published without a word about it: subpaths, exports, members of classes and of what is listed by member. And
 * options that may be left out, where nothing says what holds then.
 */
export function missingDocstrings(library: Library): readonly string[] {
  return library.modules.flatMap((module) => [
    ...(module.reflection.comment === undefined
      ? [`${module.specifier} does not say what it is: begin ${module.source} with a docstring that has @module.`]
      : []),
    ...missingIn(module, library).map((problem) => `${module.specifier}: ${problem}`),
  ]);
}

function missingIn(module: LibraryModule, library: Library): readonly string[] {
  return groupsOf(module, library).flatMap(({ members, isUnexported }) =>
    members.flatMap((owner) => [
      ...(isUnexported || hasWords(owner, library) ? [] : [`${owner.name} has no docstring.`]),
      ...(isListed(owner, library) ? missingMembersOf(owner, library) : []),
    ]),
  );
}

function missingMembersOf(owner: DeclarationReflection, library: Library): readonly string[] {
  return membersOf(owner, library).flatMap((member) => {
    const words = wordsOf(member);
    if (words === "") {
      return speaksForItself(member, library) ? [] : [`${owner.name}.${member.name} has no docstring.`];
    }
    const isOption = owner.name.endsWith("Options") && member.flags.isOptional;
    const saysDefault = /\b(?:default|without)\b/i.test(words);
    return isOption && !saysDefault ? [`${owner.name}.${member.name} does not say its default.`] : [];
  });
}

/** An interface that extends another has got its words from there, unless it has its own. */
function hasWords(owner: DeclarationReflection, library: Library): boolean {
  return hasOwnDocstring(owner, library) && wordsOf(owner) !== "";
}

/** Without its tags: what is thrown is not yet what is done. */
function wordsOf(reflection: DeclarationReflection): string {
  return Comment.combineDisplayParts(commentOf(reflection)?.summary);
}

/** The constructor makes what the class describes; a literal type, as of a tag, says all that there is to say. */
function speaksForItself(member: DeclarationReflection, library: Library): boolean {
  const isLiteral = member.type?.type === "literal";
  return member.name === "constructor" || isLiteral || isDescribedElsewhere(member, library);
}
