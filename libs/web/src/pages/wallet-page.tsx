import type { CreditAccount, Timeline, TimelineItem, WalletCredential } from '#contracts';
import { CredentialState } from '../components/credential-state.js';
import { Notice } from '../components/notice.js';
import { paths, pathTo } from '../paths.js';
import { type TextKey, useTexts } from '../texts.js';
import { Credits } from './credits.js';
import { eventDetails, verbText } from './event-words.js';

interface WalletProps {
  readonly timeline: Timeline;
  readonly credentials: readonly WalletCredential[];
  readonly credits: CreditAccount;
  readonly notice?: TextKey | undefined;
}

/** A learner's record: what they hold, what it counts for, and everything that was seen. */
export const WalletPage = ({ timeline, credentials, credits, notice }: WalletProps) => {
  const t = useTexts();
  return (
    <>
      <Notice text={notice} />
      <h1>{t.text('wallet.title')}</h1>
      <section aria-labelledby="credentials">
        <h2 id="credentials">{t.text('wallet.credentials')}</h2>
        {credentials.length === 0 ? <p>{t.text('wallet.credentials.none')}</p> : null}
        <ul className="cards">
          {credentials.map((credential) => (
            <CredentialCard key={credential.id} credential={credential} />
          ))}
        </ul>
      </section>
      <Credits account={credits} />
      <section aria-labelledby="timeline">
        <h2 id="timeline">{t.text('wallet.timeline')}</h2>
        <TimelineList items={timeline.data} />
        {timeline.nextCursor === null ? null : (
          <p className="on">
            <a href={`${paths.wallet}?after=${encodeURIComponent(timeline.nextCursor)}#timeline`}>
              {t.text('wallet.timeline.older')}
            </a>
          </p>
        )}
      </section>
    </>
  );
};

const CredentialCard = ({ credential }: { readonly credential: WalletCredential }) => {
  const t = useTexts();
  const { id, title, issuer, issuedAt, credit, eqfLevel, purpose, state } = credential;
  return (
    <li className={`card card-linked card-${state}`}>
      <p className="card-kind">{t.text(`credential.purpose.${purpose}`)}</p>
      <h3>
        <a href={pathTo(paths.credential, { id })} dir="auto">
          {title}
        </a>
      </h3>
      <p className="card-issuer" dir="auto">
        {issuer.name}
      </p>
      <p className="card-foot">
        <CredentialState state={state} />
        <span>{t.day(issuedAt)}</span>
        {credit ? <span>{t.text('credit.amount', { ...credit })}</span> : null}
        {eqfLevel ? <span>{t.text('credit.level', { level: eqfLevel })}</span> : null}
      </p>
    </li>
  );
};

const yearOf = ({ time }: TimelineItem): string => time.slice(0, 4);

const TimelineList = ({ items }: { readonly items: readonly TimelineItem[] }) => {
  const t = useTexts();
  if (items.length === 0) return <p>{t.text('wallet.timeline.none')}</p>;
  const years = [...new Set(items.map(yearOf))];
  return years.map((year) => (
    <section key={year} aria-labelledby={`year-${year}`}>
      <h3 id={`year-${year}`} className="year">
        {year}
      </h3>
      <ol className="timeline">
        {items
          .filter((item) => yearOf(item) === year)
          .map((item) => (
            <TimelineEntry key={item.id} item={item} />
          ))}
      </ol>
    </section>
  ));
};

const TimelineEntry = ({ item }: { readonly item: TimelineItem }) => {
  const t = useTexts();
  return (
    <li className={item.voided || item.superseded ? 'entry entry-voided' : 'entry'}>
      <time dateTime={item.time}>{t.day(item.time)}</time>
      <p className="entry-title">
        <span>{verbText(t, item.verb)}</span> <bdi>{item.title}</bdi>
      </p>
      <p className="entry-by">
        <bdi>{item.provider.name}</bdi>
      </p>
      <p className="entry-details">{eventDetails(t, item).join(' · ')}</p>
      {item.voided ? <p className="entry-void">{t.text('wallet.timeline.voided')}</p> : null}
      {item.superseded && !item.voided ? (
        <p className="entry-void">{t.text('wallet.timeline.superseded')}</p>
      ) : null}
    </li>
  );
};
