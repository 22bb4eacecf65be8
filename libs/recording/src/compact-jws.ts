const TEXT_MAX = 1024 * 1024;
const COMPACT_JWS = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/u;

/** Whether a text has the form of a signature around something (RFC 7515 §7.1), and is not huge. */
export const isCompactJws = (text: string): boolean =>
  text.length <= TEXT_MAX && COMPACT_JWS.test(text);
