import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { DeliveryDetails, RefusedItems } from '#contracts';
import { Clients } from '../clients.js';
import { DeliveryBook } from '../deliveries/delivery-book.js';
import { type Answer, basic, type RunningRecorder, type StartService } from './running-recorder.js';
import { client } from './samples.js';
import { usingRecorderAs } from './using-recorder.js';

type Headers = Readonly<Record<string, string>>;

export const fresh = (): string => randomUUID();

/** The counts of a delivery with nothing in it. */
export const none = { recorded: 0, duplicate: 0, telemetry: 0, test: 0, refused: 0, waiting: 0 };

/** A SCORM attempt, each at another module. */
export const attempt = (part: object = {}) => ({
  learner: { account: { homePage: 'https://uni.example', name: '204' } },
  activity: { id: `https://uni.example/sco/${fresh()}`, title: 'Hygiene' },
  time: '2026-05-04T09:00:00Z',
  cmi: { core: { lesson_status: 'passed' } },
  ...part,
});

interface Signed {
  readonly recorder: RunningRecorder;
  readonly bearer: string;
  readonly other: string;
}

/** How a client sends, over each channel. */
const sending = (at: () => Signed) => ({
  post: (path: string, body: unknown, headers: Headers = {}): Promise<Answer> =>
    at().recorder.send('POST', path, body, { authorization: at().bearer, ...headers }),
  xapi: (body: unknown, headers: Headers = {}, endpoint = '/xapi'): Promise<Answer> =>
    at().recorder.send('POST', `${endpoint}/statements`, body, {
      authorization: basic(client.id),
      'x-experience-api-version': '1.0.3',
      ...headers,
    }),
  scorm: (body: unknown, headers: Headers = {}): Promise<Answer> =>
    at().recorder.send('POST', '/v1/formats/scorm', body, {
      authorization: basic(client.id),
      ...headers,
    }),
});

/** What a client is told of its deliveries, once what was noted is written. */
const asking = (at: () => Signed) => {
  const get = async (path: string, token = at().bearer): Promise<Answer> => {
    const { recorder } = at();
    await recorder.service.app.get(DeliveryBook).flush();
    return recorder.send('GET', `/v1/deliveries${path}`, undefined, { authorization: token });
  };
  return {
    get,
    /** What is told of the delivery that an answer names. */
    deliveryOf: async ({ headers }: Answer): Promise<DeliveryDetails> => {
      const answer = await get(`/${String(headers['ledger-delivery'])}`);
      return DeliveryDetails.parse(answer.json);
    },
    refusedOf: async ({ id }: { readonly id: string }): Promise<RefusedItems['data']> =>
      RefusedItems.parse((await get(`/${id}/refused`)).json).data,
  };
};

/** A client that sends, asks what became of it and sends it again, for all tests of a file. */
export const usingSender = (startService: StartService) => {
  const at = usingRecorderAs(startService, async (recorder): Promise<Signed> => {
    const tokenOf = (id: string) => recorder.tokenFor({ id, role: 'provider', organisation: id });
    return { recorder, bearer: await tokenOf(client.id), other: await tokenOf('empty') };
  });
  const sends = sending(at);
  return {
    recorder: () => at().recorder,
    ...sends,
    ...asking(at),
    bearer: () => at().bearer,
    /** The token of a client that sends nothing. */
    other: () => at().other,
    retry: async ({ id }: { readonly id: string }): Promise<DeliveryDetails> => {
      const answer = await sends.post(`/v1/deliveries/${id}/retry`, undefined);
      expect([answer.status, answer.json['code']]).toEqual([200, undefined]);
      return DeliveryDetails.parse(answer.json);
    },
    /** Changes what is registered of the client. */
    register: async (part: object): Promise<void> => {
      const { app, foundation } = at().recorder.service;
      await foundation.db.query(
        'update recording.client set definition = definition || $2 where id = $1',
        [client.id, JSON.stringify(part)],
      );
      app.get(Clients).forget(client.id);
    },
  };
};
