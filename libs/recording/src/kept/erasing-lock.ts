/**
 * Whoever keeps what was refused holds it together with others, an erasure alone: so that nothing
 * is written behind its back. The number is ours.
 */
export const ERASING_LOCK = 7_310_444;

/** So far apart may the clocks be of those who write beside the log and who read it. */
export const MARGIN_MS = 10_000;
