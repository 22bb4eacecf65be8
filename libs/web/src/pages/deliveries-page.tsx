import {
  Area,
  Became,
  type Deliveries,
  type Delivery,
  type DeliveryCounts,
  type DeliveryDays,
} from '#contracts';
import { Button, Form, Select } from '../components/form.js';
import { State, type Tone } from '../components/mark.js';
import { ScrollTable } from '../components/scroll-table.js';
import { filledForm } from '../form-state.js';
import { paths, pathTo, queryOf } from '../paths.js';
import { type Texts, useTexts } from '../texts.js';

export const toneOfDelivery: Readonly<Record<Became, Tone>> = {
  recorded: 'pass',
  duplicate: 'plain',
  telemetry: 'plain',
  test: 'unknown',
  refused: 'fail',
  waiting: 'warning',
};

interface DeliveriesProps {
  readonly deliveries: Deliveries;
  readonly days: DeliveryDays;
  readonly state: Became | undefined;
  readonly area: Area | undefined;
}

/** What became of what was sent: what to look for, the list, the days, and the test area. */
export const DeliveriesPage = ({ deliveries, days, state, area }: DeliveriesProps) => {
  const t = useTexts();
  const { data, nextCursor } = deliveries;
  return (
    <>
      <p className="back">
        <a href={paths.provider}>{t.text('provider.back')}</a>
      </p>
      <h1>{t.text('deliveries.title')}</h1>
      <p className="lead">{t.text('deliveries.lead')}</p>
      <Filter state={state} area={area} />
      <section>
        <h2>{t.text('deliveries.list')}</h2>
        {data.length === 0 ? <p>{t.text('deliveries.none')}</p> : <List deliveries={data} />}
        {nextCursor === null ? null : (
          <p>
            <a href={`${paths.deliveries}?${queryOf({ state, area, cursor: nextCursor })}`}>
              {t.text('deliveries.older')}
            </a>
          </p>
        )}
      </section>
      <section>
        <h2>{t.text('deliveries.days')}</h2>
        {days.data.length === 0 ? <p>{t.text('deliveries.none')}</p> : <Days days={days} />}
      </section>
      <section aria-labelledby="trial">
        <h2 id="trial">{t.text('deliveries.trial')}</h2>
        <p>{t.text('deliveries.trial.text')}</p>
        <p>{t.text('deliveries.trial.how')}</p>
      </section>
    </>
  );
};

const Filter = ({ state, area }: Pick<DeliveriesProps, 'state' | 'area'>) => {
  const t = useTexts();
  const all = { value: '', label: t.text('deliveries.all') };
  return (
    <Form
      method="get"
      action={paths.deliveries}
      label={t.text('deliveries.filter')}
      state={filledForm({ state: [state ?? ''], area: [area ?? ''] })}
    >
      <div className="filter">
        <Select
          name="state"
          label={t.text('deliveries.state')}
          options={[
            all,
            ...Became.options.map((value) => ({ value, label: t.text(`deliveries.${value}`) })),
          ]}
        />
        <Select
          name="area"
          label={t.text('deliveries.area')}
          options={[
            all,
            ...Area.options.map((value) => ({ value, label: t.text(`deliveries.area.${value}`) })),
          ]}
        />
        <Button text="deliveries.show" kind="quiet" />
      </div>
    </Form>
  );
};

const List = ({ deliveries }: { readonly deliveries: readonly Delivery[] }) => {
  const t = useTexts();
  return (
    <ScrollTable
      hasRowHeads
      label={t.text('deliveries.list')}
      head={[
        t.text('deliveries.when'),
        t.text('deliveries.state'),
        t.text('deliveries.what'),
        t.text('deliveries.channel'),
        t.text('deliveries.area'),
      ]}
      rows={deliveries.map(({ id, receivedAt, state, counts, channel, area }) => ({
        key: id,
        cells: [
          <a key="when" href={pathTo(paths.delivery, { id })}>
            {t.moment(receivedAt)}
          </a>,
          <DeliveryState key="state" state={state} />,
          countsText(t, counts),
          channel,
          t.text(`deliveries.area.${area}`),
        ],
      }))}
    />
  );
};

export const DeliveryState = ({ state }: { readonly state: Became }) => {
  const t = useTexts();
  return <State tone={toneOfDelivery[state]} word={t.text(`deliveries.${state}`)} />;
};

/** "3 recorded, 1 refused": what did not happen is left out. */
export const countsText = (t: Texts, counts: DeliveryCounts): string =>
  Became.options
    .filter((name) => counts[name] > 0)
    .map((name) => t.text(`deliveries.count.${name}`, { count: counts[name] }))
    .join(', ');

const Days = ({ days }: { readonly days: DeliveryDays }) => {
  const t = useTexts();
  return (
    <ScrollTable
      hasRowHeads
      label={t.text('deliveries.days')}
      head={[
        t.text('deliveries.day'),
        t.text('deliveries.what'),
        t.text('deliveries.channel'),
        t.text('deliveries.area'),
      ]}
      rows={days.data.map(({ day, channel, area, counts }) => ({
        key: `${day} ${channel} ${area}`,
        cells: [t.day(day), countsText(t, counts), channel, t.text(`deliveries.area.${area}`)],
      }))}
    />
  );
};
