import { describe, expect, it } from '@jest/globals';
import { pointers } from '../../testing/caliper-examples.js';
import { validateCaliper } from './validate.js';

describe('validateCaliper', () => {
  const CONTEXT = 'http://purl.imsglobal.org/ctx/caliper/v1p2';
  const envelope = (part: object = {}): object => ({
    sensor: 'https://example.edu/sensors/1',
    sendTime: '2026-11-15T11:05:01.000Z',
    dataVersion: CONTEXT,
    data: [{ '@context': CONTEXT, id: 'https://example.edu/1', type: 'Person' }],
    ...part,
  });

  it.each<[string, object, string]>([
    ['without a sensor', { sensor: undefined }, '#/sensor'],
    ['with an empty sensor', { sensor: '' }, '#/sensor'],
    ['without a time', { sendTime: undefined }, '#/sendTime'],
    ['with a day for a time', { sendTime: '2026-11-15' }, '#/sendTime'],
    [
      'of another version',
      { dataVersion: 'http://purl.imsglobal.org/ctx/caliper/v1p0' },
      '#/dataVersion',
    ],
    ['of a list of versions', { dataVersion: [CONTEXT] }, '#/dataVersion'],
    ['with one thing for a list', { data: {} }, '#/data'],
    ['with nothing in it', { data: [] }, '#/data'],
    ['with an IRI in it', { data: ['https://example.edu/1'] }, '#/data/0'],
    ['with null in it', { data: [null] }, '#/data/0'],
    ['with an envelope in it', { data: [envelope()] }, '#/data/0/type'],
    [
      'with an event of another version in it',
      {
        data: [
          { '@context': `${CONTEXT.slice(0, -1)}1`, id: 'https://example.edu/1', type: 'Person' },
        ],
      },
      '#/data/0/@context',
    ],
    ['with a property of its own', { id: '1' }, '#'],
  ])('refuses an envelope %s', (_, part, pointer) => {
    expect(validateCaliper(envelope())).toEqual([]);
    expect(pointers(validateCaliper(envelope(part)))).toContain(pointer);
  });

  it.each([null, 7, 'text', [], [envelope()], {}, true])('refuses %j', (value) => {
    expect(validateCaliper(value)).not.toEqual([]);
  });

  it('is less strict with Caliper 1.1, as it is sent', () => {
    const reading = { id: 'https://example.edu/1', type: 'EpubChapter', lisId: 'ours' };
    const v1p1 = { dataVersion: 'http://purl.imsglobal.org/ctx/caliper/v1p1' };
    expect(validateCaliper(envelope({ ...v1p1, data: [reading] }))).toEqual([]);
    expect(pointers(validateCaliper(envelope({ ...v1p1, data: [{ ...reading, id: 7 }] })))).toEqual(
      ['#/data/0/id'],
    );
    expect(validateCaliper(envelope({ data: [reading] }))).not.toEqual([]);
  });

  it.each<[string, object, string]>([
    ['without versions', { caliperMaximumPayloadSize: 512 }, '#/caliperSupportedVersions'],
    [
      'with one version for a list',
      { caliperSupportedVersions: CONTEXT },
      '#/caliperSupportedVersions',
    ],
    [
      'with a version that is no IRI',
      { caliperSupportedVersions: ['1.2'] },
      '#/caliperSupportedVersions/0',
    ],
    [
      'with a size in words',
      { caliperSupportedVersions: [CONTEXT], caliperMaximumPayloadSize: 'big' },
      '#/caliperMaximumPayloadSize',
    ],
    [
      'with a list of extensions',
      { caliperSupportedVersions: [CONTEXT], caliperSupportedExtensions: [] },
      '#/caliperSupportedExtensions',
    ],
    ['with a property of its own', { caliperSupportedVersions: [CONTEXT], name: 'a' }, '#'],
    [
      'with a property twice',
      { caliperSupportedVersions: [CONTEXT], caliper_supported_versions: [] },
      '#',
    ],
  ])('refuses the configuration of an endpoint %s', (_, configuration, pointer) => {
    expect(pointers(validateCaliper(configuration))).toEqual([pointer]);
  });
});
