/** The page of `coats`. */
export const coatsPage = `<!-- Written by \`npm run reference\`, from the docstrings in the sources. Change those. -->

# library/coats

[Reference](README.md) · [packages/coatcheck/src/coats.ts](../../packages/coatcheck/src/coats.ts)

Coats alone.

Classes: [\`CoatError\`](#coaterror), [\`Hooks\`](#hooks)\\
Functions: [\`coat\`](#coat)\\
Values: [\`MOST\`](#most)\\
Types: [\`CoatRack\`](#coatrack), [\`HangOptions\`](#hangoptions), [\`Ticket\`](#ticket)

## Classes

### CoatError

\`\`\`ts
class CoatError extends Error
\`\`\`

Says that a coat is gone.

| name | type | meaning |
|---|---|---|
| \`code\` | \`"coat_gone"\` | Why, for programs. |

### Hooks

\`\`\`ts
class Hooks implements CoatRack
\`\`\`

Keeps [\`MOST\`](#most) coats, as a [\`CoatRack\`](#coatrack) does.

Types: [\`CoatRack\`](#coatrack).

| name | type | meaning |
|---|---|---|
| \`free\` | \`number\` | How many are free. |
| \`drop\` | <code>(from: [CoatRack](#coatrack)) =&gt; Promise&lt;void&gt;</code> | Takes the last one down. |

As [\`CoatRack\`](#coatrack) describes them: \`hang\`.

#### Hooks.find

\`\`\`ts
find(name: "a" | "b"): Ticket
\`\`\`

Finds one. \`Hooks.find\` is not a link, and [\`Hooks.count\`](#hookscount) is.

Types: [\`Ticket\`](#ticket).

#### Hooks.count

\`\`\`ts
static count(first = 1): number
\`\`\`

How many there are.

## Functions

### coat

\`\`\`ts
function coat(owner: string): Coat
\`\`\`

Takes a coat.

| parameter | meaning |
|---|---|
| \`owner\` | whose it is |

Types: [\`Coat\`](#coat-1).

## Values

### MOST

\`\`\`ts
const MOST: number = 3;
\`\`\`

The most that fit.

## Types

### CoatRack

Where coats hang. See [\`coat\`](#coat) for one of them.

#### CoatRack.hang

\`\`\`ts
hang(coat: Coat, options?: HangOptions): Promise<Ticket | null>
\`\`\`

Takes a coat.

Throws [\`CoatError\`](#coaterror) [\`coat_gone\`](../errors.md#coat_gone), if it slips.

Types: [\`Coat\`](#coat-1), [\`HangOptions\`](#hangoptions), [\`Ticket\`](#ticket).

### HangOptions

How to hang a coat.

| name | type | meaning, and default |
|---|---|---|
| \`keepSeconds?\` | \`number\` | For how long, in seconds \\| 60 by default. |
| \`tell?\` | <code>(ticket: [Ticket](#ticket)) =&gt; void</code> | The listener to tell; none by default. |

### Ticket

\`\`\`ts
type Ticket =
  | { readonly found: true }
  /** A visitor took it. */
  | { readonly found: false };
\`\`\`

What hangs &lt;here>, or does not.

## Not exported

What is named above, and has no name to import.

### Coat

\`\`\`ts
interface Coat {
  readonly owner: string;
}
\`\`\`
`;
