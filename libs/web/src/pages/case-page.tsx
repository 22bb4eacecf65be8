import type { CaseCredential, RecognitionCase } from '#contracts';
import { CredentialState } from '../components/credential-state.js';
import { DecisionCard } from '../components/decision-card.js';
import { Facts } from '../components/facts.js';
import { ErrorSummary } from '../components/form.js';
import { EMPTY_FORM, type FormState } from '../form-state.js';
import { paths } from '../paths.js';
import { useTexts } from '../texts.js';
import { DecisionForm } from './decision-form.js';

interface CaseProps {
  readonly item: RecognitionCase;
  readonly state?: FormState;
}

/** An officer's case: what the learner brings, side by side, and the decision. */
export const CasePage = ({ item, state = EMPTY_FORM }: CaseProps) => {
  const t = useTexts();
  return (
    <>
      <ErrorSummary problems={state.problems} />
      <p className="back">
        <a href={paths.cases}>{t.text('case.back')}</a>
      </p>
      <h1>{t.text('case.title')}</h1>
      <Facts
        facts={[
          ['case.purpose', item.purpose],
          ['case.requested', t.day(item.requestedAt)],
          ['case.institution', item.institution.name],
        ]}
      />
      <section aria-labelledby="brought">
        <h2 id="brought">{t.text('case.credentials', { count: item.credentials.length })}</h2>
        <ul className="side-by-side">
          {item.credentials.map((credential) => (
            <BroughtCredential key={credential.id} credential={credential} />
          ))}
        </ul>
      </section>
      <section aria-labelledby="decision">
        <h2 id="decision">{t.text(item.decision ? 'case.decided' : 'case.decide')}</h2>
        {item.decision ? (
          <DecisionCard decision={item.decision} />
        ) : (
          <DecisionForm id={item.id} state={state} />
        )}
      </section>
    </>
  );
};

const BroughtCredential = ({ credential }: { readonly credential: CaseCredential }) => {
  const t = useTexts();
  const { title, description, issuer, issuedAt, criteria, credit, eqfLevel } = credential;
  const { workloadHours, learningOutcomes, state } = credential;
  const unknown = t.text('case.notStated');
  return (
    <li className="card">
      <h3 dir="auto">{title}</h3>
      <p>
        <CredentialState state={state} />
      </p>
      <p dir="auto">{description}</p>
      <Facts
        facts={[
          ['report.issuer', issuer.name],
          ['report.issued', t.day(issuedAt)],
          ['criterion.level', eqfLevel ? t.text('credit.level', { level: eqfLevel }) : unknown],
          [
            'criterion.workload',
            workloadHours
              ? t.text('wallet.hours', { hours: workloadHours, shown: t.number(workloadHours) })
              : unknown,
          ],
          ['report.credit', credit ? t.text('credit.amount', { ...credit }) : unknown],
          ['case.criteria', criteria],
        ]}
      />
      <h4>{t.text('criterion.learningOutcomes')}</h4>
      {learningOutcomes.length === 0 ? <p>{unknown}</p> : null}
      <ul>
        {learningOutcomes.map((outcome) => (
          <li key={outcome} dir="auto">
            {outcome}
          </li>
        ))}
      </ul>
    </li>
  );
};
