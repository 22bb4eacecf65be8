import type { Claim } from '#contracts';
import { Button, ErrorSummary, Form, TextField } from '../components/form.js';
import { EMPTY_FORM, type FormState } from '../form-state.js';
import { paths } from '../paths.js';
import { useTexts } from '../texts.js';

interface ClaimProps {
  readonly claims: readonly Claim[];
  readonly state?: FormState;
}

export const ClaimPage = ({ claims, state = EMPTY_FORM }: ClaimProps) => {
  const t = useTexts();
  return (
    <>
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
          {claims.map(({ provider, providerName, claimedAt }) => (
            <li key={`${provider} ${claimedAt}`}>
              <strong dir="auto">{providerName}</strong>
              <span>{t.text('claim.since', { day: t.day(claimedAt) })}</span>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
};
