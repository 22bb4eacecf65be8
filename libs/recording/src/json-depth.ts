/** Nothing a provider means is nested deeper; what is could exhaust a reader's stack. */
export const DEPTH_MAX = 32;

/** True if a parsed JSON value is nested deeper than `max`. Never goes deeper than that itself. */
export const isDeeperThan = (value: unknown, max = DEPTH_MAX): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  if (max === 0) return true;
  for (const part of Array.isArray(value) ? value : Object.values(value))
    if (isDeeperThan(part, max - 1)) return true;
  return false;
};
