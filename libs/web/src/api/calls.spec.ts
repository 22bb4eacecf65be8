import { Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { Api, type ApiRequest, type ApiResponse } from './api.js';
import { Calls } from './calls.js';

class FixedApi extends Api {
  open(request: ApiRequest) {
    this.sent.push(request);
    return Promise.resolve({ status: this.status, body: Readable.from([this.text]) });
  }
  readonly sent: ApiRequest[] = [];
  constructor(
    private readonly status: number,
    private readonly text: string,
  ) {
    super();
  }
  request(request: ApiRequest): Promise<ApiResponse> {
    this.sent.push(request);
    return Promise.resolve({ status: this.status, headers: {}, text: this.text });
  }
}
const asking = (status: number, text: string) =>
  new Calls(new FixedApi(status, text), 'r-1', 't').get('/v1/x', z.object({ a: z.number() }));

describe('calls', () => {
  test('go out in the name of the visitor and the request', async () => {
    const api = new FixedApi(200, '{"a":1}');
    await new Calls(api, 'r-1', 't').get('/v1/x', z.object({ a: z.number() }));
    expect(api.sent).toEqual([
      { method: 'GET', path: '/v1/x', body: undefined, requestId: 'r-1', token: 't' },
    ]);
    await new Calls(api, 'r-1').send('DELETE', '/v1/x');
    expect(api.sent.at(-1)).not.toHaveProperty('token');
  });

  test('give what the schema describes', async () => {
    expect(await asking(200, '{"a":1,"later":true}')).toEqual({ a: 1 });
  });

  test.each(['{"a":"1"}', '{}', 'not json'])(
    'refuse an answer of another shape: %s',
    async (text) => {
      await expect(asking(200, text)).rejects.toThrow();
    },
  );

  test('throw a problem as the error that it was, with its pointers', async () => {
    const problem = {
      type: 'urn:x',
      title: 'T',
      status: 422,
      code: 'share-date-past',
      whatToDo: 'W',
      errors: [{ pointer: '#/until', detail: 'Too early.' }],
    };
    await expect(asking(422, JSON.stringify(problem))).rejects.toMatchObject({
      name: 'DomainError',
      code: 'share-date-past',
      issues: [{ pointer: '#/until', detail: 'Too early.' }],
    });
  });

  test('hand a long answer on as it comes, unless it is a problem', async () => {
    const body = await new Calls(new FixedApi(200, 'a,b'), 'r-1', 't').open('/v1/x.csv');
    expect(Buffer.concat(await body.map((piece: string) => Buffer.from(piece)).toArray())).toEqual(
      Buffer.from('a,b'),
    );
    await expect(new Calls(new FixedApi(404, ''), 'r-1').open('/v1/x.csv')).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  test.each([
    [401, 'not-signed-in'],
    [413, 'too-large'],
    [502, 'unavailable'],
    [504, 'unavailable'],
    [418, 'internal-error'],
  ])('read %i in words of a proxy as %s', async (status, code) => {
    await expect(asking(status, '<html>Bad</html>')).rejects.toMatchObject({ code });
  });
});
