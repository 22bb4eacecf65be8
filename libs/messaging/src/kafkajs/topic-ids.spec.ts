import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { decodeMetadata, topicIdsOf } from './topic-ids.js';

const require = createRequire(import.meta.url);
const { protocol, versions } = require('kafkajs/src/protocol/requests/metadata/index.js') as {
  readonly versions: readonly string[];
  readonly protocol: (chosen: { version: number }) => (request: { topics: readonly string[] }) => {
    readonly request: { readonly apiVersion: number; encode(): Promise<{ buffer: Buffer }> };
    readonly response: { parse(data: unknown): Promise<unknown> };
  };
};
const ask = (version: number, topics: readonly string[]) => protocol({ version })({ topics });

const hex = (...parts: readonly string[]) => Buffer.from(parts.join('').replaceAll(' ', ''), 'hex');
const text = (value: string) =>
  Buffer.concat([Buffer.from([value.length + 1]), Buffer.from(value)]).toString('hex');
const ID = '000102030405060708090a0b0c0d0e0f';

/** By hand, from the schema of the protocol (MetadataResponse, version 10). */
const answer = ({ id = ID, tags = '00', error = '0000' } = {}) =>
  hex(
    tags,
    '00000005',
    '02',
    '00000001',
    text('broker'),
    '00002384',
    '00',
    tags,
    text('cluster'),
    '00000001',
    '02',
    error,
    text('topic'),
    id,
    '00',
    '03',
    '0000 00000000 00000001 00000007',
    '02 00000001',
    '02 00000001',
    '01',
    tags,
    '0000 00000001 00000001 00000007',
    '02 00000001',
    '02 00000001',
    '01',
    '00',
    '80000000',
    tags,
    '80000000',
    tags,
  );
const TWO_TAGS = '02 05 02 aabb 07 00';

describe('the ids of topics', () => {
  it.each([
    ['no tagged fields', '00'],
    ['tagged fields that nobody knows', TWO_TAGS],
  ])('are read from an answer with %s', (_, tags) => {
    const partition = {
      partitionErrorCode: 0,
      leader: 1,
      leaderEpoch: 7,
      replicas: [1],
      isr: [1],
      offlineReplicas: [],
      topicId: Buffer.from(ID, 'hex').toString('base64url'),
    };
    expect(decodeMetadata(answer({ tags }))).toEqual({
      throttleTime: 0,
      clientSideThrottleTime: 5,
      brokers: [{ nodeId: 1, host: 'broker', port: 9092, rack: null }],
      clusterId: 'cluster',
      controllerId: 1,
      topicMetadata: [
        {
          topicErrorCode: 0,
          topic: 'topic',
          isInternal: false,
          partitionMetadata: [
            { ...partition, partitionId: 0 },
            { ...partition, partitionId: 1 },
          ],
        },
      ],
    });
  });

  it('are none where a broker has given none', () => {
    const { topicMetadata } = decodeMetadata(answer({ id: '00'.repeat(16) }));
    expect(topicMetadata[0]?.partitionMetadata[0]?.topicId).toBeUndefined();
  });

  it('are asked for topics by name, or for all', async () => {
    const { request } = ask(10, ['topic']);
    expect(request.apiVersion).toBe(10);
    const named = hex('00', '02', '00'.repeat(16), text('topic'), '00', '01', '00', '00', '00');
    expect((await request.encode()).buffer.toString('hex')).toBe(named.toString('hex'));
    const all = (await ask(12, []).request.encode()).buffer;
    expect(all.toString('hex')).toBe(hex('00', '00', '01', '00', '00', '00').toString('hex'));
  });

  it.each([
    [0, 0],
    [5, 5],
    [6, 6],
    [9, 6],
  ])('are not asked of a broker that knows version %d at most', (most, used) => {
    expect(ask(most, []).request.apiVersion).toBe(used);
    expect(Math.max(...versions.map(Number))).toBe(10);
  });

  it('are no answer where the topic is not there', async () => {
    const unknown = decodeMetadata(answer({ error: '0003' }));
    await expect(ask(10, []).response.parse(unknown)).rejects.toMatchObject({
      type: 'UNKNOWN_TOPIC_OR_PARTITION',
    });
  });

  it('are none of brokers that tell none', async () => {
    const topics = [
      { name: 'old', partitions: [{ partitionId: 0 }] },
      { name: 'empty', partitions: [] },
    ];
    const admin = { fetchTopicMetadata: () => Promise.resolve({ topics }) };
    type Admin = Parameters<typeof topicIdsOf>[0];
    expect(await topicIdsOf(admin as unknown as Admin, ['old', 'empty'])).toEqual(new Map());
  });
});
