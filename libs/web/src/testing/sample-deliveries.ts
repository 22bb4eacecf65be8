import type { Deliveries, DeliveryDays, DeliveryDetails } from '#contracts';

/** What providers sent, as they are told of it. */
const none = { recorded: 0, duplicate: 0, telemetry: 0, test: 0, refused: 0, waiting: 0 };

export const delivery: DeliveryDetails = {
  id: 'dlv_refused',
  channel: 'events',
  area: 'live',
  receivedAt: '2026-11-20T08:15:00Z',
  state: 'refused',
  requests: 1,
  counts: { ...none, recorded: 2, refused: 60 },
  refusals: [
    {
      index: 2,
      code: 'invalid-input',
      errors: [{ pointer: '#/data/verb', detail: 'Must be the verb that "type" names.' }],
    },
    { code: 'source-not-yours', errors: [] },
  ],
  kept: 2,
  keptUntil: '2026-11-27T08:15:00Z',
};

export const deliveries: Deliveries = {
  data: [
    delivery,
    {
      ...delivery,
      id: 'dlv_many',
      channel: 'xapi',
      area: 'test',
      state: 'test',
      requests: 400,
      counts: { ...none, test: 400 },
      retryOf: 'dlv_old',
    },
  ],
  nextCursor: 'c2',
};

export const deliveryDays: DeliveryDays = {
  data: [
    {
      day: '2026-11-20',
      channel: 'events',
      area: 'live',
      requests: 3,
      counts: { ...none, recorded: 1200, duplicate: 3, waiting: 1 },
    },
  ],
};
