import type { Statement } from '../../domain/xapi-statement.js';

/** How the text of a statement begins that was sent with a time. */
const WITH_TIME = '{"timestamp":';

/** What the store adds to a statement when it gives it out, as JSON. */
export interface Added {
  /** RFC 3339, in UTC. */
  readonly stored: string;
  readonly authority: string;
}

/**
 * A statement as it is kept: JSON, as it was sent. Given out as it is, it need not be parsed: most
 * of what reading a page would cost.
 */
export class StatementText {
  constructor(private readonly json: string) {}

  /** With when it was stored and by whose authority; when it was stored is its time if it has none. */
  with({ stored, authority }: Added): string {
    const time = this.json.startsWith(WITH_TIME) ? '' : `"timestamp":"${stored}",`;
    return `${this.json.slice(0, -1)},${time}"stored":"${stored}","authority":${authority}}`;
  }

  parse(): Statement {
    return JSON.parse(this.json) as Statement;
  }
}
