import { join, resolve } from "node:path";
import {
  Application,
  type Context,
  Converter,
  type DeclarationReflection,
  Logger,
  LogLevel,
  type ProjectReflection,
  type Reflection,
  TSConfigReader,
} from "typedoc";
import type ts from "typescript";
import { type PublicSubpath, publicSubpaths } from "../exports/public-subpaths.ts";
import { addUnexportedTypes } from "./unexported-types.ts";

/** One published subpath, and what it exports. */
export interface LibraryModule {
  readonly specifier: string;
  /** Its source, from the library's folder. */
  readonly source: string;
  readonly reflection: DeclarationReflection;
}

/** What the library publishes, as TypeDoc and the compiler see it. */
export interface Library {
  /** The root first, then by name. */
  readonly modules: readonly LibraryModule[];
  readonly checker: ts.TypeChecker;
  /** Where in the sources something is declared: several times for overloads, and nowhere if others declare it. */
  declarationsOf(reflection: Reflection): readonly ts.Declaration[];
  /** The description of what a name in the sources stands for. */
  reflectionOf(symbol: ts.Symbol): DeclarationReflection | undefined;
  /** Whether it is here only because an exported name speaks of it. */
  isUnexported(reflection: Reflection): boolean;
  /** What TypeDoc and its compiler complain about, such as links to nothing. */
  readonly complaints: readonly string[];
}

/**
 * Reads the library at `packageFolder`: its subpaths by package.json, their names and docstrings by TypeDoc.
 *
 * @param tsconfig the compiler's settings for TypeDoc, which has a compiler of its own
 * @throws Error if there is nothing to read
 */
export async function readLibrary(packageFolder: string, tsconfig: string): Promise<Library> {
  const subpaths = await publicSubpaths(packageFolder);
  const complaints: string[] = [];
  const application = await Application.bootstrap(
    {
      entryPoints: subpaths.map(({ conditions }) => resolve(packageFolder, sourceOf(conditions))),
      tsconfig,
      alwaysCreateEntryPointModule: true,
      disableSources: true,
      excludeExternals: true,
      excludeInternal: true,
      excludePrivate: true,
      readme: "none",
      sort: ["source-order"],
      validation: { invalidLink: true, notDocumented: false, notExported: false },
    },
    [new TSConfigReader()],
  );
  application.logger = new ComplaintLogger(complaints);
  const facts = new ConversionFacts(join(resolve(packageFolder), "src/"));
  // Last, when what is private or internal is gone.
  application.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => facts.gather(context), -10_000);
  const project = await application.convert();
  if (project === undefined) throw new Error(`The library cannot be read.\n${complaints.join("\n")}`);
  application.validate(project);
  return facts.libraryOf(project, packageFolder, subpaths, complaints);
}

/** What is known while TypeDoc converts, and forgotten by it afterwards. */
class ConversionFacts {
  readonly #sources: string;
  readonly #symbols = new Map<number, ts.Symbol>();
  readonly #reflections = new Map<ts.Symbol, DeclarationReflection>();
  #unexported: ReadonlySet<number> = new Set();
  #checker: ts.TypeChecker | null = null;

  constructor(sources: string) {
    this.#sources = sources;
  }

  gather(context: Context): void {
    const program = context.programs[0];
    if (program === undefined) return;
    this.#checker = program.getTypeChecker();
    this.#unexported = addUnexportedTypes(context, program, this.#sources);
    for (const reflection of Object.values(context.project.reflections)) {
      const symbol = context.getSymbolFromReflection(reflection);
      if (symbol === undefined) continue;
      this.#symbols.set(reflection.id, symbol);
      if (reflection.isDeclaration() && !this.#reflections.has(symbol)) this.#reflections.set(symbol, reflection);
    }
  }

  libraryOf(
    project: ProjectReflection,
    packageFolder: string,
    subpaths: readonly PublicSubpath[],
    complaints: readonly string[],
  ): Library {
    const checker = this.#checker;
    if (checker === null) throw new Error(`The library cannot be read.\n${complaints.join("\n")}`);
    const declarationsOf = (reflection: Reflection) => {
      const declarations = this.#symbols.get(reflection.id)?.declarations ?? [];
      return declarations.filter((declaration) => declaration.getSourceFile().fileName.startsWith(this.#sources));
    };
    const modules = subpaths.flatMap(({ specifier, conditions }) => {
      const source = sourceOf(conditions);
      const file = resolve(packageFolder, source);
      const reflection = project.children?.find((child) => declarationsOf(child)[0]?.getSourceFile().fileName === file);
      return reflection === undefined ? [] : [{ specifier, source, reflection }];
    });
    return {
      modules: modules.sort((first, second) => (first.specifier < second.specifier ? -1 : 1)),
      checker,
      declarationsOf,
      reflectionOf: (symbol) => this.#reflections.get(symbol),
      isUnexported: (reflection) => this.#unexported.has(reflection.id),
      complaints,
    };
  }
}

class ComplaintLogger extends Logger {
  readonly #complaints: string[];

  constructor(complaints: string[]) {
    super();
    this.#complaints = complaints;
  }

  override log(message: string, level: LogLevel): void {
    super.log(message, level);
    if (level >= LogLevel.Warn) this.#complaints.push(message);
  }
}

function sourceOf(conditions: PublicSubpath["conditions"]): string {
  return (conditions["coatcheck-source"] ?? "").replace(/^\.\//, "");
}
