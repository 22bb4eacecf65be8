import type { RecognitionCase } from '#contracts';
import { toneOfOutcome } from '../components/decision-card.js';
import { State } from '../components/mark.js';
import { Notice } from '../components/notice.js';
import { paths, pathTo } from '../paths.js';
import { type TextKey, useTexts } from '../texts.js';

interface CasesProps {
  readonly cases: readonly RecognitionCase[];
  readonly notice?: TextKey | undefined;
}

export const CasesPage = ({ cases, notice }: CasesProps) => {
  const t = useTexts();
  const open = cases.filter(({ state }) => state === 'requested');
  const decided = cases.filter(({ state }) => state === 'decided');
  return (
    <>
      <Notice text={notice} />
      <h1>{t.text('cases.title')}</h1>
      <p className="lead">{t.text('cases.lead')}</p>
      <section aria-labelledby="open">
        <h2 id="open">{t.text('cases.open', { count: open.length })}</h2>
        {open.length === 0 ? <p>{t.text('cases.none')}</p> : null}
        <CaseList cases={open} />
      </section>
      {decided.length === 0 ? null : (
        <section aria-labelledby="decided">
          <h2 id="decided">{t.text('cases.decided', { count: decided.length })}</h2>
          <CaseList cases={decided} />
        </section>
      )}
    </>
  );
};

const CaseList = ({ cases }: { readonly cases: readonly RecognitionCase[] }) => {
  const t = useTexts();
  return (
    <ul className="cards cards-wide">
      {cases.map(({ id, credentials, purpose, requestedAt, decision }) => (
        <li key={id} className="card card-linked">
          <h3>
            <a href={pathTo(paths.case, { id })} dir="auto">
              {credentials.map(({ title }) => title).join(', ')}
            </a>
          </h3>
          <p dir="auto">{purpose}</p>
          <p className="card-foot">
            <State
              tone={decision ? toneOfOutcome[decision.outcome] : 'plain'}
              word={t.text(decision ? `outcome.${decision.outcome}` : 'cases.waiting')}
            />
            <span>{t.text('recognition.asked', { day: t.day(requestedAt) })}</span>
          </p>
        </li>
      ))}
    </ul>
  );
};
