import type { Share, WalletCredential } from '#contracts';
import { Button, Choices, ErrorSummary, Form, TextField } from '../components/form.js';
import { State, type Tone } from '../components/mark.js';
import { Notice } from '../components/notice.js';
import { EMPTY_FORM, type FormState } from '../form-state.js';
import { paths, pathTo } from '../paths.js';
import { type TextKey, useTexts } from '../texts.js';

interface SharesProps {
  readonly shares: readonly Share[];
  readonly credentials: readonly WalletCredential[];
  /** The first day on which a share can stop: tomorrow. */
  readonly tomorrow: string;
  readonly notice?: TextKey | undefined;
  readonly state?: FormState;
}

export const SharesPage = (props: SharesProps) => {
  const { shares, credentials, tomorrow, notice, state = EMPTY_FORM } = props;
  const t = useTexts();
  return (
    <>
      <Notice text={notice} />
      <ErrorSummary problems={state.problems} />
      <h1>{t.text('shares.title')}</h1>
      <p className="lead">{t.text('shares.lead')}</p>
      <section aria-labelledby="new-share">
        <h2 id="new-share">{t.text('shares.new')}</h2>
        {credentials.length === 0 ? (
          <p>{t.text('shares.nothing')}</p>
        ) : (
          <NewShare credentials={credentials} tomorrow={tomorrow} state={state} />
        )}
      </section>
      <section aria-labelledby="my-shares">
        <h2 id="my-shares">{t.text('shares.mine')}</h2>
        {shares.length === 0 ? <p>{t.text('shares.none')}</p> : null}
        <ul className="cards">
          {shares.map((share) => (
            <ShareCard key={share.id} share={share} credentials={credentials} />
          ))}
        </ul>
      </section>
    </>
  );
};

/** How long a share can last without a date being typed. */
export const SHARE_DAYS = ['7', '30', '90'] as const;

const NewShare = (props: {
  readonly credentials: readonly WalletCredential[];
  readonly tomorrow: string;
  readonly state: FormState;
}) => {
  const t = useTexts();
  return (
    <Form action={paths.shares} state={props.state}>
      <Choices
        kind="checkbox"
        name="credentialIds"
        label={t.text('shares.what')}
        hint={t.text('shares.what.hint')}
        options={props.credentials.map(({ id, title, issuer, state }) => ({
          value: id,
          label: title,
          note: t.text('shares.credential', {
            issuer: issuer.name,
            state: t.text(`credential.state.${state}`),
          }),
        }))}
      />
      <Choices
        kind="radio"
        name="until"
        label={t.text('shares.until')}
        options={[
          ...SHARE_DAYS.map((days) => ({
            value: days,
            label: t.text('shares.days', { days: Number(days) }),
          })),
          { value: 'date', label: t.text('shares.onDay') },
        ]}
      />
      <div className="only-if-date">
        <TextField
          name="untilDay"
          label={t.text('shares.day')}
          type="date"
          min={props.tomorrow}
          size="short"
          optional
        />
      </div>
      <Button text="shares.button" />
    </Form>
  );
};

const toneOfShare: Readonly<Record<Share['state'], Tone>> = {
  open: 'pass',
  stopped: 'unknown',
  ended: 'unknown',
};

const ShareCard = (props: {
  readonly share: Share;
  readonly credentials: readonly WalletCredential[];
}) => {
  const t = useTexts();
  const { share, credentials } = props;
  const titles = share.credentialIds.map(
    (id) => credentials.find((credential) => credential.id === id)?.title ?? id,
  );
  return (
    <li className="card">
      <h3 dir="auto">{titles.join(', ')}</h3>
      <p className="card-foot">
        <State tone={toneOfShare[share.state]} word={t.text(`shares.state.${share.state}`)} />
        <span>{t.text('shares.stops', { day: t.day(share.until) })}</span>
        <span>{t.text('shares.views', { count: share.views })}</span>
      </p>
      {share.state === 'open' ? (
        <>
          <p className="share-link">
            <a href={share.url}>{share.url}</a>
          </p>
          <Form
            action={pathTo(paths.stopShare, { id: share.id })}
            label={t.text('shares.stop.label', { what: titles.join(', ') })}
          >
            <Button text="shares.stop" kind="quiet" />
          </Form>
        </>
      ) : null}
    </li>
  );
};
