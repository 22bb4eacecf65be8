import { describe, expect, test } from '@jest/globals';
import { usingVisitor } from './testing/using-visitor.js';
import type { Visitor } from './testing/visitor.js';

const who = usingVisitor();
const post: Visitor['post'] = (...request) => who().post(...request);
const orders: Visitor['orders'] = () => who().orders();

describe('sending a delivery again', () => {
  test('leads to the new one, which says so', async () => {
    const { statusCode, headers } = await post(
      '/provider/deliveries/dlv_refused/retry',
      {},
      'provider',
    );
    expect([statusCode, headers.location]).toEqual([
      303,
      '/provider/deliveries/dlv_new?done=retried',
    ]);
    expect(orders()).toEqual(['POST /v1/deliveries/dlv_refused/retry']);
  });

  test('that is not there is answered so; what was refused is handed out as a file', async () => {
    const { statusCode } = await post('/provider/deliveries/dlv_gone/retry', {}, 'provider');
    expect(statusCode).toBe(404);
    const file = await who().get('/provider/deliveries/dlv_refused/refused.json', 'provider');
    expect(file.headers['content-disposition']).toBe('attachment; filename="refused.json"');
    expect(JSON.parse(file.body)).toMatchObject({ data: [{ index: 2, event: { id: 'e' } }] });
  });
});
