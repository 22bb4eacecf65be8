import { Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Area, Became } from '#contracts';
import { noticeOf } from './components/notice.js';
import type { FormState } from './form-state.js';
import { Pages } from './pages.decorator.js';
import { DeliveriesPage } from './pages/deliveries-page.js';
import { DeliveryPage } from './pages/delivery-page.js';
import { paths, pathTo } from './paths.js';
import { type Visit, Visits } from './visit.js';

/** What became of what a provider sent. */
@Pages()
export class DeliveriesController {
  constructor(private readonly visits: Visits) {}

  @Get(paths.deliveries)
  async list(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query() query: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'provider');
    // What is not one of ours is as if nothing was chosen: addresses are typed by people, too.
    const state = Became.safeParse(query['state']).data;
    const area = Area.safeParse(query['area']).data;
    const cursor = typeof query['cursor'] === 'string' ? query['cursor'] : undefined;
    const [deliveries, days] = await Promise.all([
      visit.ledger.deliveries({ state, area, cursor }),
      visit.ledger.deliveryDays(),
    ]);
    const body = <DeliveriesPage {...{ deliveries, days, state, area }} />;
    visit.show({ title: 'deliveries.title', current: paths.deliveries, body });
  }

  @Get(paths.delivery)
  async one(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
    @Query('done') done?: string,
  ): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'provider');
    const delivery = await visit.ledger.delivery(id);
    const body = <DeliveryPage delivery={delivery} notice={noticeOf(done)} />;
    visit.show({ title: 'delivery.title', current: paths.deliveries, body });
  }

  @Get(paths.refused)
  async refused(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'provider');
    const items = await visit.ledger.refusedItems(id);
    visit.download('refused.json', 'application/json', JSON.stringify(items, null, 2));
  }

  @Post(paths.retryDelivery)
  async retry(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'provider');
    const again = ({ problems }: FormState) => showAgain(visit, id, problems);
    return visit.attempt(async () => {
      const { id: next } = await visit.ledger.retryDelivery(id);
      visit.redirect(pathTo(paths.delivery, { id: next }), 'retried');
    }, again);
  }
}

const showAgain = async (
  visit: Visit,
  id: string,
  problems: FormState['problems'],
): Promise<void> => {
  const delivery = await visit.ledger.delivery(id);
  const body = <DeliveryPage {...{ delivery, problems }} />;
  visit.showAgain({ title: 'delivery.title', current: paths.deliveries, body });
};
