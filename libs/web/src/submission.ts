import type { TextKey } from './texts.js';

/** What somebody wants checked, as far as its form tells. */
export type Submission =
  | { readonly is: 'credential'; readonly credential: Readonly<Record<string, unknown>> | string }
  | { readonly is: 'share'; readonly shareId: string }
  | { readonly is: 'unreadable'; readonly because: TextKey };

const SHARE_LINK = /^(?:https?:\/\/\S+?)?\/v\/(?<shareId>[A-Za-z0-9_-]{4,80})\/?(?:[?#]\S*)?$/u;
const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*(?:~\S*)?$/u;

/**
 * Reads what was pasted or uploaded: a share link, a credential in JSON, or one in a compact
 * form (JWT, SD-JWT). Everything else is answered in words that help.
 */
export const readSubmission = (text: string): Submission => {
  // Byte order mark: some editors put one in front of the files that they save.
  const trimmed = text.replace(/^\uFEFF/u, '').trim();
  if (trimmed === '') return { is: 'unreadable', because: 'check.nothing' };
  const shareId = SHARE_LINK.exec(trimmed)?.groups?.['shareId'];
  if (shareId !== undefined) return { is: 'share', shareId };
  if (COMPACT.test(trimmed)) return { is: 'credential', credential: trimmed };
  if (/^https?:\/\//u.test(trimmed)) return { is: 'unreadable', because: 'check.otherLink' };
  if (trimmed.startsWith('%PDF')) return { is: 'unreadable', because: 'check.pdf' };
  return readJson(trimmed);
};

const readJson = (text: string): Submission => {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return { is: 'credential', credential: value as Readonly<Record<string, unknown>> };
  } catch {
    if (text.startsWith('{')) return { is: 'unreadable', because: 'check.broken' };
  }
  return { is: 'unreadable', because: 'check.notCredential' };
};
