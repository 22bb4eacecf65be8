import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createService, loadConfig } from '#platform';
import { describeWithStandards } from '#testing';
import { filesIn, read } from '../../testing/caliper-examples.js';
import { basic } from '../../testing/running-recorder.js';
import { client } from '../../testing/samples.js';
import { usingRecorder } from '../../testing/using-recorder.js';
import { BODY_BYTES_MAX } from '../../json-body.js';
import { validateCaliper } from './validate.js';

const recorder = usingRecorder((definition, settings) =>
  createService(definition, loadConfig(settings)),
);

const CONTEXT = 'http://purl.imsglobal.org/ctx/caliper/v1p2';
const V1P1 = 'http://purl.imsglobal.org/ctx/caliper/v1p1';

const send = (body: unknown, headers: Record<string, string> = {}) =>
  recorder().send('POST', '/caliper', body, {
    authorization: basic(client.id),
    ...headers,
  });
/** As text: what was written stays as it was written. */
const wrapped = (text: string, dataVersion = CONTEXT): string =>
  `{"sensor": "https://example.edu/sensors/1", "sendTime": "2026-11-15T11:05:01.000Z",
    "dataVersion": "${dataVersion}", "data": [${text}]}`;
const asEnvelope = (name: string, text: string): string =>
  name.startsWith('caliperEnvelope') ? text : wrapped(text);

type Event = Record<string, any>;
const graded = (change: (event: Event) => void = () => undefined): string => {
  const event = JSON.parse(read('fixtures', 'caliperEventGradeGraded.json')) as Event;
  event['id'] = `urn:uuid:${randomUUID()}`;
  change(event);
  return JSON.stringify(event);
};

describeWithStandards('POST /caliper', () => {
  it('accepts all that is right, and makes entries of what is learning', async () => {
    const files = filesIn('fixtures').filter(
      (name) => name !== 'caliperEndpointConfigPayload.json',
    );
    expect(files).toHaveLength(144);
    const statuses: unknown[] = [];
    for (const name of files) {
      const response = await send(asEnvelope(name, read('fixtures', name)));
      expect([name, response.status]).toEqual([name, 200]);
      for (const result of response.json['results'] as { status: unknown }[]) {
        if (typeof result.status !== 'string') throw new Error(`${name} ${JSON.stringify(result)}`);
        statuses.push(result.status);
      }
    }
    const count = (status: string) => statuses.filter((one) => one === status).length;
    expect({ recorded: count('recorded'), duplicate: count('duplicate') }).toEqual({
      recorded: 6,
      duplicate: 3,
    });
  });
  it('refuses all that is wrong, with a pointer to it', async () => {
    const before = await recorder().size();
    const files = filesIn('error-fixtures');
    expect(files.length).toBeGreaterThanOrEqual(140);
    for (const name of files) {
      const { json } = await send(asEnvelope(name, read('error-fixtures', name)));
      expect([name, json]).toEqual([
        name,
        expect.objectContaining({
          status: 400,
          code: name.includes('BadJson') ? 'malformed-json' : 'invalid-input',
        }),
      ]);
      const pointer = name.includes('BadJson') ? /^#$/u : /^#\/data\/0\/./u;
      const [first] = json['errors'] as { pointer: string }[];
      expect([name, first?.pointer]).toEqual([name, expect.stringMatching(pointer)]);
    }
    expect(await recorder().size()).toBe(before);
  });

  it('records a grade of who made the attempt, once however often it is sent', async () => {
    const before = await recorder().size();
    const body = wrapped(graded());
    const [receipt] = (await send(body)).json['results'] as Event[];
    expect(receipt).toMatchObject({ status: 'recorded' });
    const again = (await send(body)).json['results'] as Event[];
    expect(again).toEqual([{ ...receipt, status: 'duplicate' }]);
    expect(await recorder().size()).toBe(before + 1);

    const { data, entry } = await recorder().entryAt(before);
    expect(data).toMatchObject({
      verb: 'assessed',
      learner: { id: entry.alias },
      result: { score: { raw: 10, max: 15 } },
      raw: { format: 'caliper-1.2', verb: 'http://purl.imsglobal.org/caliper/actions/Graded' },
    });
    const submitted = JSON.parse(read('fixtures', 'caliperEventAssessmentSubmitted.json')) as Event;
    submitted['id'] = `urn:uuid:${randomUUID()}`;
    await send(wrapped(JSON.stringify(submitted)));
    // The assignee of the one is the actor of the other: one learner.
    expect((await recorder().entryAt(before + 1)).entry.alias).toBe(entry.alias);
  });

  it('answers a mixed envelope item by item', async () => {
    const before = await recorder().size();
    const broken = graded((event) => (event['action'] = 'Deleted'));
    const person = read('fixtures', 'caliperEntityPerson.json');
    const response = await send(wrapped([graded(), broken, person].join(',')));
    expect(response.status).toBe(200);
    expect(response.json['results']).toMatchObject([
      { status: 'recorded' },
      { status: 400, code: 'invalid-input', errors: [{ pointer: '#/data/1/action' }] },
      { status: 'telemetry', because: expect.any(String) },
    ]);
    expect(await recorder().size()).toBe(before + 1);
  });

  it('says that an id was used for something else', async () => {
    const id = `urn:uuid:${randomUUID()}`;
    await send(wrapped(graded((event) => (event['id'] = id))));
    const other = graded((event) => {
      event['id'] = id.toUpperCase().replace('URN:UUID', 'urn:uuid');
      event['generated'].scoreGiven = 11.5;
    });
    expect((await send(wrapped(other))).json['results']).toMatchObject([
      { code: 'event-conflict' },
    ]);
  });

  it('takes Caliper 1.1, as systems still send it', async () => {
    const before = await recorder().size();
    const event = graded((one) => (one['@context'] = V1P1));
    expect((await send(wrapped(event, V1P1))).json['results']).toMatchObject([
      { status: 'recorded' },
    ]);
    expect((await recorder().entryAt(before)).data).toMatchObject({
      raw: { format: 'caliper-1.1' },
    });
  });

  it('refuses as one what is refused for more than one reason', async () => {
    const future = graded((event) => (event['eventTime'] = '2099-01-01T00:00:00.000Z'));
    const broken = graded((event) => (event['action'] = 'Deleted'));
    expect((await send(wrapped(future))).json).toMatchObject({ code: 'time-in-future' });
    expect((await send(wrapped(`${future}, ${broken}`))).json).toMatchObject({
      status: 400,
      code: 'invalid-input',
      errors: [{ pointer: '#/data/0' }, { pointer: '#/data/1/action' }],
    });
  });

  it.each<[string, string, number, string, string | undefined]>([
    ['an event without an envelope', '{"type": "Event"}', 400, 'invalid-input', '#/sensor'],
    ['a list', '[]', 400, 'invalid-input', '#'],
    ['nothing in it', wrapped(''), 400, 'invalid-input', '#/data'],
    [
      'another version',
      wrapped('{}', 'http://purl.imsglobal.org/ctx/caliper/v1p0'),
      422,
      'caliper-version-unknown',
      '#/dataVersion',
    ],
    ['half of it', wrapped('{}').slice(0, -9), 400, 'malformed-json', '#'],
    [
      'too many',
      wrapped(Array.from({ length: 1_001 }, () => '{}').join(',')),
      413,
      'too-large',
      undefined,
    ],
  ])('refuses %s', async (_, body, status, code, pointer) => {
    const before = await recorder().size();
    const response = await send(body);
    expect(response.json).toMatchObject({ status, code });
    expect(response.status).toBe(status);
    const pointers = ((response.json['errors'] ?? []) as { pointer: string }[]).map(
      (e) => e.pointer,
    );
    expect(pointer === undefined || pointers.includes(pointer)).toBe(true);
    expect(await recorder().size()).toBe(before);
  });

  it.each<[string, Record<string, string>, number, string]>([
    ['no key', { authorization: '' }, 401, 'not-signed-in'],
    ['a wrong secret', { authorization: basic(client.id, 'x') }, 401, 'invalid-client'],
    ['a client without a source', { authorization: basic('empty') }, 403, 'source-not-yours'],
    ['another media type', { 'content-type': 'text/plain' }, 415, 'unsupported-media-type'],
  ])('refuses %s', async (_, headers, status, code) => {
    expect((await send(wrapped(graded()), headers)).json).toMatchObject({ status, code });
  });

  it('repeats nothing of a person in a refusal', async () => {
    const response = await send(
      wrapped(
        graded((event) => {
          event['object'].assignee = { id: 'amina.diallo', type: 'Amina', name: ['Diallo'] };
        }),
      ),
    );
    expect(response.status).toBe(400);
    expect(response.text).not.toMatch(/amina|diallo/iu);
  });
});

describe('GET /caliper', () => {
  const ask = (authorization: string) =>
    recorder().send('GET', '/caliper', undefined, authorization === '' ? {} : { authorization });
  const provider = (id: string) =>
    recorder().tokenFor({ id, role: 'provider', organisation: id } as const);

  it('answers who may send with a configuration as Caliper has it', async () => {
    for (const authorization of [basic(client.id), await provider(client.id)]) {
      const { status, json, headers } = await ask(authorization);
      expect(status).toBe(200);
      expect(headers['content-type']).toContain('application/json');
      expect(validateCaliper(json)).toEqual([]);
      expect(json['caliperSupportedVersions']).toEqual([V1P1, CONTEXT]);
    }
  });

  it('says how large an envelope may be: one so large is taken, and none that is larger', async () => {
    const { json } = await ask(basic(client.id));
    const bytes = Number(json['caliperMaximumPayloadSize']) * 1024;
    expect(bytes).toBe(BODY_BYTES_MAX);
    const person = { '@context': CONTEXT, id: 'https://example.edu/users/1', type: 'Person' };
    const body = wrapped(JSON.stringify(person));
    expect((await send(body.padEnd(bytes))).status).toBe(200);
    expect((await send(body.padEnd(bytes + 1))).json).toMatchObject({ code: 'too-large' });
  });

  it('is no delivery', async () => {
    expect((await ask(basic(client.id))).headers['ledger-delivery']).toBeUndefined();
  });

  it.each<[string, () => string | Promise<string>, string]>([
    ['nobody', () => '', 'not-signed-in'],
    ['a token of nobody', () => 'Bearer x', 'not-signed-in'],
    ['a wrong key', () => basic(client.id, 'x'), 'invalid-client'],
    ['an unknown client', () => basic('nobody'), 'invalid-client'],
    ['a client that may send nothing', () => basic('empty'), 'not-signed-in'],
    ['a learner', () => recorder().tokenFor({ id: 'per_a', role: 'learner' }), 'not-signed-in'],
  ])('answers %s with 401, and says nothing of itself', async (_, authorization, code) => {
    const { status, json } = await ask(await authorization());
    expect([status, json['code']]).toEqual([401, code]);
    expect(json).not.toHaveProperty('caliperSupportedVersions');
  });

  it('is told of Caliper alone', async () => {
    for (const path of ['/v1/formats/scorm', '/v1/formats/lti-ags', '/v1/formats/open-badges'])
      expect(
        (await recorder().send('GET', path, undefined, { authorization: basic(client.id) })).status,
      ).toBe(404);
  });
});
