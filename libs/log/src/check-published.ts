import type { Tile, Tree } from '#merkle';
import type { Report } from './check-entry.js';

/** What was said of a log to others. */
export interface Published {
  readonly size: number;
  readonly root: Uint8Array;
}

/** Compares a tree, as it grows from the entries, with what was published of it. */
export class PublishedCheck {
  readonly #waiting: Published[];

  constructor(published: readonly Published[]) {
    this.#waiting = published.toSorted((a, b) => a.size - b.size);
  }

  /** Appends to the tree, stopping where there is something to compare. Returns the full tiles. */
  append(tree: Tree, leaves: readonly Buffer[], report: Report): readonly Tile[] {
    const tiles: Tile[] = [];
    const start = tree.size;
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      if (next.size > start + leaves.length) break;
      tiles.push(...tree.append(leaves.slice(tree.size - start, next.size - start)));
      this.#waiting.shift();
      if (!tree.root().equals(next.root))
        report({ what: `the first ${next.size} entries are not those that were published` });
    }
    return [...tiles, ...tree.append(leaves.slice(tree.size - start))];
  }

  /** Says what is left: it was published of a longer log. */
  end(size: number, report: Report): void {
    const longest = this.#waiting.at(-1);
    if (longest && longest.size > size)
      report({ what: `${longest.size} entries were published, there are ${size}: an old backup?` });
  }
}
