import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { fromFile, Parser } from '@asyncapi/parser';
import { topicOf, topics } from '#contracts';
import { asyncApi } from './asyncapi.js';

/** Not an error: says that there is a version after 3.0. */
const NEWER = 'asyncapi-latest-version';
const FILE = 'docs/events/asyncapi.json';

describe('the AsyncAPI document', () => {
  it('is valid for the official parser, and says every topic and every kind', async () => {
    const { document, diagnostics } = await fromFile(new Parser(), FILE).parse();
    expect(diagnostics.map(({ code }) => code)).toEqual([NEWER]);
    const addresses = document
      ?.channels()
      .all()
      .map((channel) => channel.address());
    expect(addresses).toEqual([
      ...topics,
      'learning-events.intake.v1.{clientId}',
      'learning-events.receipts.v1.{clientId}',
    ]);
    const learning = document?.channels().get('learning-events.v1');
    expect(
      learning
        ?.messages()
        .all()
        .map((message) => message.id()),
    ).toEqual(['learning-event', 'learning-event-voided']);
    const kinds = document
      ?.components()
      .messages()
      .all()
      .map((message) => message.id());
    expect(kinds).toEqual(expect.arrayContaining(Object.keys(topicOf)));
  });

  it('would be refused with a channel that carries what does not exist', async () => {
    const broken = structuredClone(asyncApi()) as {
      channels: Record<string, { messages: object }>;
    };
    Object.assign(broken.channels['wallet.v1']?.messages ?? {}, {
      x: { $ref: '#/components/messages/x' },
    });
    const { diagnostics } = await new Parser().parse(JSON.stringify(broken));
    expect(diagnostics.map(({ code }) => code)).toContain('invalid-ref');
  });

  it('is the one committed', () => {
    expect(JSON.parse(readFileSync(FILE, 'utf8'))).toEqual(JSON.parse(JSON.stringify(asyncApi())));
  });
});
