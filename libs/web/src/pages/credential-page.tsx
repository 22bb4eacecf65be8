import type { Verification, WalletCredential } from '#contracts';
import { CredentialState } from '../components/credential-state.js';
import { Facts } from '../components/facts.js';
import { State } from '../components/mark.js';
import { toneOfResult } from '../components/verification-report.js';
import { paths, pathTo } from '../paths.js';
import { useTexts } from '../texts.js';

interface CredentialProps {
  readonly credential: WalletCredential;
  /** What somebody else finds who checks it now. */
  readonly verification: Verification;
}

export const CredentialPage = ({ credential, verification }: CredentialProps) => {
  const t = useTexts();
  const { id, title, issuer, issuedAt, validUntil, withdrawnAt, withdrawnReason } = credential;
  const { credit, eqfLevel, state, purpose } = credential;
  return (
    <>
      <p className="back">
        <a href={paths.wallet}>{t.text('credential.back')}</a>
      </p>
      <p className="card-kind">{t.text(`credential.purpose.${purpose}`)}</p>
      <h1 dir="auto">{title}</h1>
      <p>
        <CredentialState state={state} />
      </p>
      <Facts
        facts={[
          ['report.issuer', issuer.name],
          ['report.issued', t.day(issuedAt)],
          ['report.until', validUntil ? t.day(validUntil) : t.text('report.noEnd')],
          ['report.withdrawn', withdrawnAt && t.day(withdrawnAt)],
          ['credential.reason', withdrawnReason],
          ['report.credit', credit && t.text('credit.amount', { ...credit })],
          ['report.level', eqfLevel && t.text('credit.level', { level: eqfLevel })],
        ]}
      />
      <ul className="actions">
        <li>
          <a className="button" href={`${paths.shares}?credential=${encodeURIComponent(id)}`}>
            {t.text('credential.share')}
          </a>
        </li>
        <li>
          <a className="button button-quiet" href={pathTo(paths.credentialFile, { id })} download>
            {t.text('credential.download')}
          </a>
        </li>
      </ul>
      <p className="hint">{t.text('credential.download.hint')}</p>
      <section aria-labelledby="others-see">
        <h2 id="others-see">{t.text('credential.othersSee')}</h2>
        <p>
          {t.text(`verdict.${verification.verdict}`)}.{' '}
          {t.text(`verdict.${verification.verdict}.means`)}
        </p>
        <ul className="short-checks">
          {verification.checks.map(({ check, result }) => (
            <li key={check}>
              <span>{t.text(`check.${check}`)}</span>
              <State tone={toneOfResult[result]} word={t.text(`result.${result}`)} />
            </li>
          ))}
        </ul>
      </section>
    </>
  );
};
