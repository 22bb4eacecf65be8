import type { CreditAccount, Posting } from '#contracts';
import { useTexts } from '../texts.js';

/** Balances first; the postings behind them for those who want to follow each step. */
export const Credits = ({ account }: { readonly account: CreditAccount }) => {
  const t = useTexts();
  const { balances, postings } = account;
  return (
    <section aria-labelledby="credits">
      <h2 id="credits">{t.text('credits.title')}</h2>
      {balances.length === 0 ? <p>{t.text('credits.none')}</p> : null}
      <ul className="balances">
        {balances.map(({ institution, system, value }) => (
          <li key={`${institution.id} ${system}`}>
            <span className="balance">{t.text('credit.amount', { value, system })}</span>
            <bdi>{institution.name}</bdi>
          </li>
        ))}
      </ul>
      {postings.length === 0 ? null : (
        <details>
          <summary>{t.text('credits.postings', { count: postings.length })}</summary>
          <ol className="postings">
            {postings.map((posting) => (
              <PostingRow key={posting.id} posting={posting} />
            ))}
          </ol>
        </details>
      )}
    </section>
  );
};

const PostingRow = ({ posting }: { readonly posting: Posting }) => {
  const t = useTexts();
  const { value, system } = posting.credit;
  const amount = t.text(value < 0 ? 'credits.minus' : 'credits.plus', {
    amount: t.text('credit.amount', { value: Math.abs(value), system }),
  });
  return (
    <li>
      <time dateTime={posting.time}>{t.day(posting.time)}</time>
      <span className="amount">{amount}</span>
      <span>
        {t.text(`credits.${posting.kind}`)}: <bdi>{posting.title}</bdi>,{' '}
        <bdi>{posting.institution.name}</bdi>
      </span>
    </li>
  );
};
