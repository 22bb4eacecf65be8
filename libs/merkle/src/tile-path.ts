import { TILE_WIDTH } from './tree.js';

/** A tile as C2SP tlog-tiles names it; `width` is below 256 for a partial one. */
export interface TileName {
  /** `entries` for a bundle of entries, else 0 to 63. */
  readonly level: number | 'entries';
  readonly index: number;
  readonly width: number;
}

const PATH =
  /^(?<level>entries|[0-9]|[1-5][0-9]|6[0-3])\/(?<index>(?:x\d{3}\/){0,5}\d{3})(?:\.p\/(?<width>[1-9]\d{0,2}))?$/u;

const formatIndex = (index: number): string => {
  const groups: string[] = [];
  for (let rest = index; rest > 0 || groups.length === 0; rest = Math.floor(rest / 1_000))
    groups.unshift(String(rest % 1_000).padStart(3, '0'));
  return groups.map((group, n) => (n < groups.length - 1 ? `x${group}` : group)).join('/');
};

/** `<L>/<N>[.p/<W>]`, what follows `<prefix>/tile/` (C2SP tlog-tiles). */
export const formatTilePath = ({ level, index, width }: TileName): string =>
  `${level}/${formatIndex(index)}${width < TILE_WIDTH ? `.p/${width}` : ''}`;

/** Reads such a path; undefined for any other way to write it, and for what cannot be a tile. */
export const parseTilePath = (path: string): TileName | undefined => {
  const { level, index, width } = PATH.exec(path)?.groups ?? {};
  if (level === undefined || index === undefined) return undefined;
  const name: TileName = {
    level: level === 'entries' ? level : Number(level),
    index: Number(index.replaceAll(/[x/]/gu, '')),
    width: width === undefined ? TILE_WIDTH : Number(width),
  };
  const isOne = Number.isSafeInteger(name.index) && formatTilePath(name) === path;
  return isOne ? name : undefined;
};

/** How many hashes (or entries) of a tile there are in a log of this size; 256 when it is full. */
export const tileWidthAt = (size: number, level: TileName['level'], index: number): number => {
  const perHash = TILE_WIDTH ** (level === 'entries' ? 0 : level);
  const width = Math.floor(size / perHash) - index * TILE_WIDTH;
  return Math.min(Math.max(width, 0), TILE_WIDTH);
};
