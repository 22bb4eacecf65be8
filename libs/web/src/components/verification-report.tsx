import type { Check, CheckResult, Verdict, Verification } from '#contracts';
import { useTexts } from '../texts.js';
import { Mark, State, type Tone } from './mark.js';
import { Facts } from './facts.js';

const toneOfVerdict: Readonly<Record<Verdict, Tone>> = {
  genuine: 'pass',
  changed: 'fail',
  withdrawn: 'fail',
  expired: 'warning',
  'not-yet-valid': 'warning',
  'unknown-issuer': 'unknown',
  incomplete: 'warning',
  'could-not-check': 'unknown',
};

export const toneOfResult: Readonly<Record<CheckResult, Tone>> = {
  pass: 'pass',
  warning: 'warning',
  fail: 'fail',
  'could-not-check': 'unknown',
};

interface ReportProps {
  readonly verification: Verification;
  /** The heading of the verdict: h1 where it is the page, h2 among several. */
  readonly level: 1 | 2;
}

/** What a check found: the verdict, what the credential says, and each check with its reason. */
export const VerificationReport = ({ verification, level }: ReportProps) => {
  const t = useTexts();
  const Sub = level === 1 ? 'h2' : 'h3';
  return (
    <article className="report">
      <VerdictBanner verification={verification} level={level} />
      <Sub>{t.text('report.checks')}</Sub>
      <ol className="checks">
        {verification.checks.map((check) => (
          <CheckRow key={check.check} check={check} level={level} />
        ))}
      </ol>
      {verification.verdict === 'changed' ? <p>{t.text('report.restLeftOut')}</p> : null}
    </article>
  );
};

const VerdictBanner = ({ verification, level }: ReportProps) => {
  const t = useTexts();
  const { verdict, credential, checkedAt } = verification;
  const tone = toneOfVerdict[verdict];
  const Heading = level === 1 ? 'h1' : 'h2';
  return (
    <div className={`verdict tone-${tone}`}>
      <div className="verdict-head">
        <Mark tone={tone} />
        <Heading>{t.text(`verdict.${verdict}`)}</Heading>
      </div>
      <p className="verdict-means">{t.text(`verdict.${verdict}.means`)}</p>
      {credential === undefined ? null : <CredentialSummary credential={credential} />}
      <p className="verdict-when">{t.text('report.checkedAt', { time: t.moment(checkedAt) })}</p>
    </div>
  );
};

const CredentialSummary = ({
  credential,
}: {
  readonly credential: NonNullable<Verification['credential']>;
}) => {
  const t = useTexts();
  const { title, issuerName, issuedAt, validUntil, withdrawnAt, credit, eqfLevel } = credential;
  const noEnd = withdrawnAt === undefined ? t.text('report.noEnd') : undefined;
  const until = validUntil === undefined ? noEnd : t.day(validUntil);
  return (
    <>
      <p className="verdict-title" dir="auto">
        {title}
      </p>
      <Facts
        facts={[
          ['report.issuer', issuerName],
          ['report.issued', issuedAt && t.day(issuedAt)],
          ['report.until', until],
          ['report.withdrawn', withdrawnAt && t.day(withdrawnAt)],
          [
            'report.credit',
            credit && t.text('credit.amount', { value: credit.value, system: credit.system }),
          ],
          ['report.level', eqfLevel && t.text('credit.level', { level: eqfLevel })],
        ]}
      />
    </>
  );
};

const CheckRow = ({ check, level }: { readonly check: Check; readonly level: 1 | 2 }) => {
  const t = useTexts();
  const tone = toneOfResult[check.result];
  const Heading = level === 1 ? 'h3' : 'h4';
  return (
    <li className="check">
      <div className="check-head">
        <Heading>{t.text(`check.${check.check}`)}</Heading>
        <State tone={tone} word={t.text(`result.${check.result}`)} />
      </div>
      <p>{check.reason}</p>
      {check.whatToDo === undefined ? null : (
        <p className="what-to-do">
          <strong>{t.text('report.whatToDo')}</strong> {check.whatToDo}
        </p>
      )}
    </li>
  );
};

/** What no check of a file can say, and how to look at the person instead. */
export const CannotTell = () => {
  const t = useTexts();
  return (
    <section className="cannot-tell" aria-labelledby="cannot-tell">
      <h2 id="cannot-tell">{t.text('report.cannotTell')}</h2>
      <ul>
        <li>{t.text('report.cannotTell.person')}</li>
        <li>{t.text('report.cannotTell.quality')}</li>
        <li>{t.text('report.cannotTell.later')}</li>
      </ul>
    </section>
  );
};
