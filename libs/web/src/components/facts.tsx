import { type TextKey, useTexts } from '../texts.js';

type Fact = readonly [label: TextKey, value: string | number | undefined];

/** A list of names and values; what is not known is left out. */
export const Facts = ({ facts }: { readonly facts: readonly Fact[] }) => {
  const t = useTexts();
  return (
    <dl className="facts">
      {facts.map(([label, value]) =>
        value === undefined || value === '' ? null : (
          <div key={label}>
            <dt>{t.text(label)}</dt>
            <dd dir="auto">{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
};
