const WITH_OFFSET = /^(?<seconds>.{19})(?<fraction>\.\d+)?(?<offset>[+-]\d\d:?\d\d)$/u;

/** An RFC 3339 time in UTC (IEEE 9274.1.1 §4.2.2), as precise as it was given. */
export const inUtc = (timestamp: string): string => {
  const { seconds, fraction = '', offset } = WITH_OFFSET.exec(timestamp)?.groups ?? {};
  if (seconds === undefined || offset === undefined) return timestamp;
  const utc = new Date(`${seconds}${offset}`).toISOString();
  // RFC 3339 has no year after 9999, not even for those who live in it already.
  return /^\d{4}-/u.test(utc) ? `${utc.slice(0, 19)}${fraction}Z` : timestamp;
};
