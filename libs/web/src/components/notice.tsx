import { type TextKey, useTexts } from '../texts.js';
import { Mark } from './mark.js';

/** Says that something was done, after the redirect that follows every change. */
export const Notice = ({ text }: { readonly text: TextKey | undefined }) => {
  const t = useTexts();
  if (text === undefined) return null;
  return (
    <div className="notice" role="status">
      <Mark tone="pass" />
      <p>{t.text(text)}</p>
    </div>
  );
};

/** The texts that an address may ask for after a change (`?done=claimed`). */
const NOTICES = [
  'claimed',
  'released',
  'restored',
  'merged',
  'reported',
  'saved',
  'shared',
  'stopped',
  'requested',
  'withdrawn',
  'importDeleted',
  'retried',
  'decided',
  'signedOut',
  'erased',
] as const;
export type Done = (typeof NOTICES)[number];

/** The notice that a query names, if it names one of ours. */
export const noticeOf = (done: unknown): TextKey | undefined => {
  const known = NOTICES.find((name) => name === done);
  return known === undefined ? undefined : `done.${known}`;
};
