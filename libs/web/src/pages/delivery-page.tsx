import { type DeliveryDetails, problemOf, type Refusal } from '#contracts';
import { Facts } from '../components/facts.js';
import { Button, ErrorSummary, Form } from '../components/form.js';
import { Notice } from '../components/notice.js';
import type { FieldProblem } from '../form-state.js';
import { paths, pathTo } from '../paths.js';
import { type TextKey, useTexts } from '../texts.js';
import { countsText, DeliveryState } from './deliveries-page.js';

interface DeliveryProps {
  readonly delivery: DeliveryDetails;
  readonly notice?: TextKey | undefined;
  readonly problems?: readonly FieldProblem[];
}

/** One delivery: what became of it, why items were refused, and what can be done about it. */
export const DeliveryPage = ({ delivery, notice, problems = [] }: DeliveryProps) => {
  const t = useTexts();
  const { id, state, receivedAt, channel, area, requests, counts, refusals, retryOf } = delivery;
  return (
    <>
      <Notice text={notice} />
      <ErrorSummary problems={problems} />
      <p className="back">
        <a href={paths.deliveries}>{t.text('deliveries.title')}</a>
      </p>
      <h1>{t.text('delivery.title')}</h1>
      <p>
        <DeliveryState state={state} />
      </p>
      <p className="lead">{t.text(`delivery.${state}`)}</p>
      <Facts
        facts={[
          ['deliveries.when', t.moment(receivedAt)],
          ['deliveries.what', countsText(t, counts)],
          ['delivery.requests', requests > 1 ? t.number(requests) : undefined],
          ['deliveries.channel', channel],
          ['deliveries.area', t.text(`deliveries.area.${area}`)],
          ['delivery.id', id],
          ['delivery.retryOf', retryOf],
        ]}
      />
      {refusals.length === 0 ? null : (
        <section aria-labelledby="refusals">
          <h2 id="refusals">{t.text('delivery.refusals')}</h2>
          {counts.refused + counts.waiting > refusals.length ? (
            <p>{t.text('delivery.first', { count: refusals.length })}</p>
          ) : null}
          <ol className="refusals">
            {refusals.map((refusal, n) => (
              <Reason key={`${n} ${refusal.code}`} refusal={refusal} />
            ))}
          </ol>
        </section>
      )}
      <Again delivery={delivery} />
    </>
  );
};

const Reason = ({ refusal }: { readonly refusal: Refusal }) => {
  const t = useTexts();
  const { index, code, errors } = refusal;
  const { title, whatToDo } = problemOf(code);
  return (
    <li>
      <h3>
        {index === undefined
          ? t.text('delivery.whole')
          : t.text('delivery.item', { place: t.number(index + 1) })}
      </h3>
      <p>{errors.length > 0 ? title : `${title} ${whatToDo}`}</p>
      {errors.length === 0 ? null : (
        <ul>
          {errors.map(({ pointer, detail }) => (
            <li key={`${pointer} ${detail}`}>
              <code dir="ltr">{pointer}</code> {detail}
            </li>
          ))}
        </ul>
      )}
    </li>
  );
};

const Again = ({ delivery }: { readonly delivery: DeliveryDetails }) => {
  const t = useTexts();
  const { id, kept, keptUntil } = delivery;
  if (kept === 0 || keptUntil === undefined) return null;
  return (
    <section aria-labelledby="again">
      <h2 id="again">{t.text('delivery.again')}</h2>
      <p>{t.text('delivery.again.text', { count: kept, until: t.moment(keptUntil) })}</p>
      <p>
        <a href={pathTo(paths.refused, { id })}>{t.text('delivery.download')}</a>
      </p>
      <Form action={pathTo(paths.retryDelivery, { id })}>
        <Button text="delivery.retry" />
      </Form>
    </section>
  );
};
