import { CRITERIA, type RecognitionCase } from '#contracts';
import { useTexts } from '../texts.js';
import { State, type Tone } from './mark.js';

type Decision = NonNullable<RecognitionCase['decision']>;

export const toneOfOutcome: Readonly<Record<Decision['outcome'], Tone>> = {
  Positive: 'pass',
  'Partially Positive': 'warning',
  Negative: 'fail',
};

const toneOfFinding = {
  equivalent: 'pass',
  difference: 'warning',
  'substantial-difference': 'fail',
} as const satisfies Readonly<Record<string, Tone>>;

/** A decision as the learner and the officer both read it: outcome, reasons, each criterion. */
export const DecisionCard = ({ decision }: { readonly decision: Decision }) => {
  const t = useTexts();
  const { outcome, reasons, credit, decidedAt, findings } = decision;
  const tone = toneOfOutcome[outcome];
  return (
    <div className={`decision tone-${tone}`}>
      <p className="decision-outcome">
        <State tone={tone} word={t.text(`outcome.${outcome}`)} />
      </p>
      <p>
        {t.text('decision.on', { day: t.day(decidedAt) })}
        {credit ? ` ${t.text('decision.credit', { ...credit })}` : ''}
      </p>
      <p dir="auto" className="decision-reasons">
        {reasons}
      </p>
      <ul className="findings">
        {CRITERIA.map((criterion) => {
          const found = findings[criterion];
          if (found === undefined) return null;
          return (
            <li key={criterion}>
              <span className="finding-name">{t.text(`criterion.${criterion}`)}</span>
              <State
                tone={toneOfFinding[found.finding]}
                word={t.text(`finding.${found.finding}`)}
              />
              <Said label={undefined} text={found.statement} />
              <Said label={t.text('decision.evidence')} text={found.evidence} />
              <Said label={t.text('decision.relevance')} text={found.relevance} />
            </li>
          );
        })}
      </ul>
    </div>
  );
};

const Said = ({ label, text }: { readonly label: string | undefined; readonly text: string }) =>
  text === '' ? null : (
    <p>
      {label === undefined ? null : <strong>{label} </strong>}
      <bdi>{text}</bdi>
    </p>
  );
