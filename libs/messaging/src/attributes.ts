/** The CloudEvents `type` of what we publish: an entry of a kind, or an answer of the intake. */
export const typeOf = (what: string): string => `org.learning-ledger.${what}.v1`;

/** The CloudEvents `source` of what comes from a log. */
export const sourceOf = (log: string): string => `urn:llcl:log:${log}`;
