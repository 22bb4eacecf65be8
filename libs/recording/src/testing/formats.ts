import { learningEventSchema } from '#contracts';
import type { Format, Item, Reading } from '../formats/format.js';
import { compile } from '../json-schema.js';
import { NOW, SOURCE } from './samples.js';

const ALIAS = `urn:lrn:${'a'.repeat(32)}`;
const check = compile(learningEventSchema);

export const reading: Reading = {
  source: SOURCE,
  homePage: 'https://uni.example',
  now: new Date(NOW),
  readPublished: () => Promise.resolve({ state: 'unreachable' }),
};

/** What a format makes of a body, as text. */
export const itemsOf = async (
  format: Format,
  body: unknown,
  said: Reading = reading,
): Promise<readonly Item[]> => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return format.read((format.parse ?? JSON.parse)(text), said);
};

/** What is wrong with the canonical event that an item becomes; nothing for one that is right. */
export const eventIssues = (item: Item): readonly object[] => {
  if (item.is !== 'event' || item.report.is !== 'learning') return [];
  const { data, times } = item.report;
  const time = new Date(times[0] ?? NOW).toISOString();
  return check({
    specversion: '1.0',
    id: 'h-1',
    source: SOURCE,
    type: `org.learning-ledger.${data.verb}.v1`,
    subject: ALIAS,
    partitionkey: ALIAS,
    time,
    datacontenttype: 'application/json',
    dataschema: 'urn:learning-ledger:learning-event:1.0',
    data: {
      learner: { id: ALIAS },
      provider: { id: 'urn:llcl:uni', type: 'university' },
      learningContext: 'formal',
      occurredAt: time,
      assurance: { level: 'assessed' },
      raw: { format: item.format ?? 'native', sha256: '0'.repeat(64) },
      ...data,
    },
  });
};
