import type { IssuedCredential, Receipt } from '#contracts';
import { Button, ErrorSummary, Form, TextField } from '../components/form.js';
import { Facts } from '../components/facts.js';
import { State } from '../components/mark.js';
import { EMPTY_FORM, filledForm, type FormState } from '../form-state.js';
import { paths, pathTo } from '../paths.js';
import { useTexts } from '../texts.js';

const Back = () => {
  const t = useTexts();
  return (
    <p className="back">
      <a href={paths.provider}>{t.text('provider.back')}</a>
    </p>
  );
};

/** The receipt for an event that was recorded by hand. */
export const ReceiptPage = ({ receipt }: { readonly receipt: Receipt }) => {
  const t = useTexts();
  const { eventId, log, seq, leafHash, status, note } = receipt;
  return (
    <>
      <Back />
      <h1>{t.text('receipt.title')}</h1>
      <p>
        <State tone="pass" word={t.text(`receipt.${status}`)} />
      </p>
      <p className="lead">{t.text(`receipt.${status}.text`)}</p>
      {note === undefined ? null : <p>{note}</p>}
      <h2>{t.text('receipt.proof')}</h2>
      <p>{t.text('receipt.proof.text')}</p>
      <Facts
        facts={[
          ['receipt.event', eventId],
          ['receipt.place', t.text('receipt.placeIn', { log, seq: t.number(seq) })],
          ['receipt.hash', leafHash],
        ]}
      />
    </>
  );
};

/** A claim code, shown once: it is stored nowhere in readable form. */
export const ClaimCodePage = (props: {
  readonly code: string;
  readonly expiresAt: string;
  readonly account: string;
}) => {
  const t = useTexts();
  return (
    <>
      <Back />
      <h1>{t.text('code.title', { account: props.account })}</h1>
      <p className="big-code" dir="ltr">
        {props.code}
      </p>
      <p className="lead">{t.text('code.text', { day: t.day(props.expiresAt) })}</p>
      <p>{t.text('code.once')}</p>
    </>
  );
};

interface RevokeProps {
  readonly credential: IssuedCredential;
  readonly state?: FormState;
}

/** First the reason … */
export const RevokePage = ({ credential, state = EMPTY_FORM }: RevokeProps) => {
  const t = useTexts();
  return (
    <>
      <ErrorSummary problems={state.problems} />
      <Back />
      <h1>{t.text('revoke.title', { title: credential.title })}</h1>
      <p className="lead">{t.text('revoke.lead')}</p>
      <Form action={pathTo(paths.revoke, { id: credential.id })} state={state}>
        <TextField
          name="reason"
          label={t.text('revoke.reason')}
          hint={t.text('revoke.reason.hint')}
          size="long"
        />
        <Button text="revoke.next" />
      </Form>
    </>
  );
};

/** … then one look at what will happen, because it cannot be taken back. */
export const ConfirmRevokePage = (props: {
  readonly credential: IssuedCredential;
  readonly reason: string;
}) => {
  const t = useTexts();
  const { credential, reason } = props;
  return (
    <>
      <Back />
      <h1>{t.text('revoke.confirm', { title: credential.title })}</h1>
      <Facts
        facts={[
          ['revoke.which', credential.id],
          ['report.issued', t.day(credential.issuedAt)],
          ['revoke.why', reason],
        ]}
      />
      <ul>
        <li>{t.text('revoke.seen')}</li>
        <li>{t.text('revoke.credit')}</li>
        <li>{t.text('revoke.final')}</li>
      </ul>
      <Form
        action={pathTo(paths.revoke, { id: credential.id })}
        state={filledForm({ reason: [reason] })}
      >
        <input type="hidden" name="reason" value={reason} />
        <input type="hidden" name="confirmed" value="yes" />
        <Button text="revoke.button" kind="danger" />
      </Form>
    </>
  );
};
