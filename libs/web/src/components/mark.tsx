/** The four states of a check, and the tones that all other states are shown in. */
export type Tone = 'pass' | 'warning' | 'fail' | 'unknown' | 'plain';

const shapes: Readonly<Record<Tone, React.ReactNode>> = {
  pass: (
    <>
      <circle cx="12" cy="12" r="11" />
      <path className="mark-sign" d="M6.5 12.5l3.7 3.7 7.3-8" />
    </>
  ),
  warning: (
    <>
      <path d="M12 1.2 23.4 21.6a.9.9 0 0 1-.8 1.4H1.4a.9.9 0 0 1-.8-1.4z" />
      <path className="mark-sign" d="M12 8.6v6.4M12 18.6v.6" />
    </>
  ),
  fail: (
    <>
      <path d="M7.2 1h9.6L23 7.2v9.6L16.8 23H7.2L1 16.8V7.2z" />
      <path className="mark-sign" d="M8 8l8 8M16 8l-8 8" />
    </>
  ),
  unknown: (
    <>
      <rect x="1" y="1" width="22" height="22" rx="4" />
      <path className="mark-sign" d="M8.6 9a3.4 3.4 0 1 1 5 3c-1.1.6-1.6 1.2-1.6 2.4M12 18v.4" />
    </>
  ),
  plain: <circle cx="12" cy="12" r="6" />,
};

/**
 * The shape of a state. It always stands beside the word for it, so it is hidden from screen
 * readers; colour comes last and is never needed.
 */
export const Mark = ({ tone }: { readonly tone: Tone }) => (
  <svg className={`mark tone-${tone}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    {shapes[tone]}
  </svg>
);

/** A state in a word, with its shape. */
export const State = ({ tone, word }: { readonly tone: Tone; readonly word: string }) => (
  <span className={`state tone-${tone}`}>
    <Mark tone={tone} />
    <span>{word}</span>
  </span>
);
