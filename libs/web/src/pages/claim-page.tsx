import type { Claim } from '#contracts';
import { Button, ErrorSummary, Form, TextField } from '../components/form.js';
import { Notice } from '../components/notice.js';
import { EMPTY_FORM, type FormState } from '../form-state.js';
import { paths, pathTo } from '../paths.js';
import { type TextKey, useTexts } from '../texts.js';

interface ClaimProps {
  readonly claims: readonly Claim[];
  readonly notice?: TextKey | undefined;
  readonly state?: FormState;
}

export const ClaimPage = ({ claims, notice, state = EMPTY_FORM }: ClaimProps) => {
  const t = useTexts();
  return (
    <>
      <Notice text={notice} />
      <ErrorSummary problems={state.problems} />
      <h1>{t.text('claim.title')}</h1>
      <p className="lead">{t.text('claim.lead')}</p>
      <Form action={paths.claim} state={state}>
        <TextField
          name="code"
          label={t.text('claim.code')}
          hint={t.text('claim.code.hint')}
          autoComplete="one-time-code"
          autoCapitalize="characters"
          spellCheck={false}
        />
        <Button text="claim.button" />
      </Form>
      <section aria-labelledby="claimed">
        <h2 id="claimed">{t.text('claim.claimed')}</h2>
        {claims.length === 0 ? <p>{t.text('claim.none')}</p> : null}
        <ul className="rows">
          {claims.map((claim) => (
            <ClaimRow key={claim.id} claim={claim} />
          ))}
        </ul>
        {claims.some(({ state: claimState }) => claimState === 'claimed') ? (
          <p className="hint">{t.text('claim.release.hint')}</p>
        ) : null}
      </section>
    </>
  );
};

const ClaimRow = ({ claim }: { readonly claim: Claim }) => {
  const t = useTexts();
  const { id, providerName, claimedAt, releasedAt, restorableUntil } = claim;
  const provider = providerName;
  return (
    <li>
      <strong dir="auto">{providerName}</strong>
      <span>
        {releasedAt === undefined
          ? t.text('claim.since', { day: t.day(claimedAt) })
          : t.text('claim.until', { day: t.day(releasedAt) })}
      </span>
      {releasedAt === undefined ? (
        <Form
          action={pathTo(paths.releaseClaim, { id })}
          label={t.text('claim.release.label', { provider })}
        >
          <Button text="claim.release" kind="quiet" />
        </Form>
      ) : null}
      {restorableUntil === undefined ? null : (
        <Form
          action={pathTo(paths.restoreClaim, { id })}
          label={t.text('claim.restore.label', { provider })}
        >
          <Button text="claim.restore" kind="quiet" />
        </Form>
      )}
    </li>
  );
};
