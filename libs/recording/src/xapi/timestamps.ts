const WITH_OFFSET = /^(?<seconds>.{19})(?<fraction>\.\d+)?(?<offset>[+-]\d\d:?\d\d)$/u;

/** An RFC 3339 time in UTC (IEEE 9274.1.1 §4.2.2), as precise as it was given. */
export const inUtc = (timestamp: string): string => {
  const { seconds, fraction = '', offset } = WITH_OFFSET.exec(timestamp)?.groups ?? {};
  if (seconds === undefined || offset === undefined) return timestamp;
  const whole = new Date(`${seconds}${offset}`).toISOString().slice(0, 19);
  return `${whole}${fraction}Z`;
};
