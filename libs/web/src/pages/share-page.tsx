import type { Verification } from '#contracts';
import { CannotTell, VerificationReport } from '../components/verification-report.js';
import { useTexts } from '../texts.js';

interface ShareProps {
  /** When the link stops. */
  readonly until: string;
  readonly verifications: readonly Verification[];
}

/** What the reader of a share link sees: every credential, checked at this moment. */
export const SharePage = ({ until, verifications }: ShareProps) => {
  const t = useTexts();
  return (
    <>
      <h1>{t.text('share.title', { count: verifications.length })}</h1>
      <p className="lead">{t.text('share.lead')}</p>
      <p>{t.text('share.until', { day: t.day(until) })}</p>
      {verifications.map((verification, index) => (
        // A share never changes, so the place is as good a name as any.
        // oxlint-disable-next-line react/no-array-index-key
        <VerificationReport key={index} verification={verification} level={2} />
      ))}
      <CannotTell />
    </>
  );
};
