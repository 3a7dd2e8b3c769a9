import { Random } from "../songs/random.ts";

const TILES = 4;
const TILE = 100;
const SIZE = TILES * TILE;
/** By how much a tile reaches over its edges: where two only touch, the ground shines through as a hairline. */
const SEAM = 0.25;
const OVERLAP = 1 + (2 * SEAM) / TILE;

interface Palette {
  readonly ground: string;
  /** From the darkest to the brightest. */
  readonly inks: readonly string[];
}

/** A tile, in a square from 0 to 100 whose top left corner is the origin. */
type Tile = (ink: string, other: string) => string;

const QUARTER: Tile = (ink) => `<path fill="${ink}" d="M0 0H100A100 100 0 0 1 0 100Z"/>`;
const NESTED: Tile = (ink, other) => `${QUARTER(ink, other)}<path fill="${other}" d="M0 0H50A50 50 0 0 1 0 50Z"/>`;
const HALF: Tile = (ink) => `<path fill="${ink}" d="M0 0H100A50 50 0 0 1 0 0Z"/>`;
const LEAF: Tile = (ink) => `<path fill="${ink}" d="M0 0A100 100 0 0 1 100 100A100 100 0 0 1 0 0Z"/>`;
const WEDGE: Tile = (ink) => `<path fill="${ink}" d="M0 0H100L0 100Z"/>`;
const DISC: Tile = (ink, other) =>
  `<circle cx="50" cy="50" r="38" fill="${ink}"/><circle cx="50" cy="50" r="12" fill="${other}"/>`;
const BARS: Tile = (ink) => `<path fill="${ink}" d="M0 10h100v16H0zM0 42h100v16H0zM0 74h100v16H0z"/>`;
const DOT: Tile = (ink) => `<circle cx="50" cy="50" r="14" fill="${ink}"/>`;

const TILE_CHOICE: readonly Tile[] = [
  QUARTER,
  QUARTER,
  QUARTER,
  NESTED,
  NESTED,
  LEAF,
  LEAF,
  HALF,
  WEDGE,
  DISC,
  BARS,
  DOT,
];

/**
 * The cover of a song, as SVG: tiles that are turned and coloured as its id will have it. The right half mirrors the
 * left, which makes a figure of what would be a jumble.
 */
export function coverArt(id: string): string {
  const random = new Random(`sleeve ${id}`);
  const { ground, inks } = paletteFor(random);
  const tiles: string[] = [];
  for (let row = 0; row < TILES; row++) {
    for (let column = 0; column < TILES / 2; column++) {
      const tile = random.pick(TILE_CHOICE);
      const ink = random.pick(inks);
      const other = random.pick(inks.filter((candidate) => candidate !== ink));
      const turn = 90 * Math.floor(random.between(0, 4));
      const drawn = `<g transform="rotate(${turn} 50 50)">${tile(ink, other)}</g>`;
      const [left, right, top] = [column * TILE - SEAM, SIZE - column * TILE + SEAM, row * TILE - SEAM];
      tiles.push(`<g transform="translate(${left} ${top}) scale(${OVERLAP} ${OVERLAP})">${drawn}</g>`);
      tiles.push(`<g transform="translate(${right} ${top}) scale(-${OVERLAP} ${OVERLAP})">${drawn}</g>`);
    }
  }
  const background = `<rect width="${SIZE}" height="${SIZE}" fill="${ground}"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE} ${SIZE}">${background}${tiles.join("")}</svg>`;
}

/** Colours of which any two go together: near in lightness to a ladder, and a third of the circle apart at most. */
function paletteFor(random: Random): Palette {
  const hue = random.between(0, 360);
  const turn = random.pick([-1, 1]);
  const colour = (lightness: number, chroma: number, away: number) =>
    `oklch(${lightness} ${chroma} ${Math.round((hue + turn * away + 360) % 360)})`;
  return {
    ground: colour(0.33, 0.07, 0),
    inks: [colour(0.52, 0.12, 20), colour(0.68, 0.14, 70), colour(0.8, 0.13, 110), colour(0.93, 0.04, 90)],
  };
}
