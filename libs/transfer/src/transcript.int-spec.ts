import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SealingJournal } from '#log';
import {
  createDatabase,
  type Database,
  describeWithStandards,
  FixedClock,
  InMemoryLog,
  inMemoryVault,
} from '#testing';
import type { Vault } from '#vault';
import { transfer } from './index.js';
import { ElmoSchema, textsAt } from './testing/elmo-schema.js';
import { ECTS_6, NOW, World } from './testing/world.js';

const LOS = '//e:learningOpportunitySpecification';
const titlesIn = (xml: string) => textsAt(xml, `${LOS}/e:title`);

describe('a transcript', () => {
  let database: Database;
  let world: World;
  let vault: Vault;
  const clock = new FixedClock(NOW);
  beforeAll(async () => {
    database = await createDatabase(transfer.migrations);
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    clock.set(NOW);
    vault = inMemoryVault();
    const log = new InMemoryLog();
    const journal = new SealingJournal(log, vault, clock);
    world = await World.create({ db: database.dataSource, clock, vault, log, journal });
  });
  afterEach(() => world.close());

  const issuers = async () => textsAt((await world.ask()).text, '//e:issuer/e:title');
  const codeOf = async (token?: string) => {
    const { status, text } = await world.ask(token);
    return [status, JSON.parse(text).code];
  };

  it.each(['', '.xml'])('is a file of its own that nobody keeps (transcript%s)', async (path) => {
    await world.issue('crd_1');
    for (const accept of ['application/xml', 'text/xml', '*/*', 'application/json']) {
      const { status, headers } = await world.ask('learner:per_a', path, accept);
      expect([status, headers['content-type'], headers['cache-control']]).toEqual([
        200,
        'application/xml; charset=utf-8',
        'no-store',
      ]);
      expect(headers['content-disposition']).toBe('attachment; filename="transcript.xml"');
    }
  });

  it('says who, what, where, when and how much', async () => {
    await world.issue('crd_1');
    const { text } = await world.ask();
    expect(textsAt(text, '//e:learner/*')).toEqual(['Amina & Éva', 'Diallo <مرحبا>', '1990-02-28']);
    expect(textsAt(text, '//e:generatedDate | //e:issueDate')).toEqual([NOW, NOW]);
    expect(textsAt(text, '//e:issuer/*')).toEqual([
      'ES',
      'aurora.example',
      'did:web:ledger.example:issuers:aurora',
      'Aurora Åpen & <Fri>',
      'https://www.aurora.example/start',
    ]);
    expect(textsAt(text, `${LOS}/*[not(*)]`)).toEqual([
      'https://ledger.example/achievements/community-nursing',
      'Community Nursing, module 1',
      'Course',
      '0913',
      'https://ledger.example/achievements/community-nursing',
      'Care for people at home.\n– Plans care at home\nWorkload: 150 hours.',
    ]);
    expect(textsAt(text, '//e:learningOpportunityInstance//*[not(*)]')).toEqual([
      'crd_1',
      '2026-10-16',
      'passed',
      'ects',
      '6',
      'EQF',
      '5',
    ]);
  });

  it('leaves out what is withdrawn, and what is expired from that moment on', async () => {
    await world.issue('crd_1');
    await world.issue('crd_2', {
      achievement: { name: 'Withdrawn' },
    });
    await world.issue('crd_3', {
      achievement: { name: 'Expiring' },
      validUntil: '2026-12-01T00:00:00Z',
    });
    await world.revoke('crd_2');
    clock.set('2026-11-30T23:59:59.000Z');
    expect(titlesIn((await world.ask()).text)).toEqual(['Community Nursing, module 1', 'Expiring']);
    clock.set('2026-12-01T00:00:00.000Z');
    expect(titlesIn((await world.ask()).text)).toEqual(['Community Nursing, module 1']);
  });

  it('leaves out what is of others, of a released account, and what is no Open Badge', async () => {
    await vault.createPerson('per_b');
    const [homeB = ''] = await vault.aliasesOf('per_b');
    await world.issue('crd_1', { alias: world.homeAlias });
    await world.issue('crd_2', { alias: homeB, achievement: { name: 'Of another' } });
    await world.issue('crd_3', { credential: { id: 'nothing' } });
    await world.issue('crd_4', { achievement: { name: 'Released' } });
    await vault.unlink(world.account, 2);
    expect(titlesIn((await world.ask()).text)).toEqual(['Community Nursing, module 1']);
  });

  it('names an institution that is not known yet by its credential', async () => {
    await world.issue('crd_1', { issuer: 'cadence' });
    expect(textsAt((await world.ask()).text, '//e:issuer/*')).toEqual([
      'did:web:ledger.example:issuers:cadence',
      'cadence',
      'https://ledger.example/issuers/cadence',
    ]);
  });

  describe('with recognition', () => {
    beforeEach(() => world.issue('crd_1'));

    it('has a report of the institution, with its credit and without its reasons', async () => {
      await world.recognise('rec_1', 'Positive', ['crd_1'], { system: 'UK-CATS', value: 12.5 });
      const { text } = await world.ask();
      const report = '//e:report[e:issuer/e:title="Borealis University"]';
      expect(textsAt(text, `${report}${LOS}//*[not(*)]`)).toEqual([
        'rec_1',
        'Community Nursing, module 1',
        expect.stringContaining('do not add this credit'),
        'crd_rec_1',
        '2026-11-20',
        'passed',
        'uk-cats',
        '12.5',
      ]);
      expect(text).not.toContain('Secret');
    });

    it('in part, and without credit, says so', async () => {
      await world.recognise('rec_1', 'Partially Positive', ['crd_1']);
      const { text } = await world.ask();
      expect(text).toContain('Recognised in part');
      expect(textsAt(text, '//e:credit/e:value')).toEqual(['6']);
    });

    it('that was refused says nothing of it', async () => {
      await world.recognise('rec_1', 'Negative', ['crd_1']);
      expect(await issuers()).toEqual(['Aurora Åpen & <Fri>']);
    });

    it.each([
      ['the decision', 'crd_rec_1', 'borealis'],
      ['what it rests on', 'crd_2', 'aurora'],
    ])('says nothing of it once %s is withdrawn', async (_, credentialId, issuer) => {
      await world.issue('crd_2');
      await world.recognise('rec_1', 'Positive', ['crd_1', 'crd_2'], ECTS_6);
      expect(await issuers()).toHaveLength(2);
      await world.revoke(credentialId, issuer);
      expect(await issuers()).toEqual(['Aurora Åpen & <Fri>']);
    });

    it('says nothing of it before the decision is certified and known', async () => {
      const basis = 'rec_1';
      await world.issue('crd_9', { issuer: 'borealis', purpose: 'recognition', basis });
      expect(await issuers()).toEqual(['Aurora Åpen & <Fri>']);
    });
  });

  it('needs a name', async () => {
    await vault.createPerson('per_b');
    expect(await codeOf('learner:per_b')).toEqual([422, 'profile-incomplete']);
    await vault.putProfile('per_b', { givenName: 'Bo', familyName: '\u0000' });
    const [alias = ''] = await vault.aliasesOf('per_b');
    await world.issue('crd_b', { alias });
    expect(await codeOf('learner:per_b')).toEqual([422, 'profile-incomplete']);
  });

  it('needs something valid', async () => {
    expect(await codeOf()).toEqual([422, 'nothing-to-transfer']);
    await world.issue('crd_1');
    await world.revoke('crd_1');
    await world.issue('crd_2', { validUntil: NOW });
    expect(await codeOf()).toEqual([422, 'nothing-to-transfer']);
  });

  it.each(['provider:aurora', 'officer:per_o:borealis', 'employer:per_e', 'admin:per_x'])(
    'is not for %s',
    async (token) => {
      expect(await codeOf(token)).toEqual([403, 'not-allowed']);
    },
  );

  it('that cannot be made is no attachment', async () => {
    for (const [token, expected] of [
      ['', 401],
      ['learner:per_a', 422],
    ] as const) {
      const { status, headers } = await world.ask(token);
      expect([status, headers['content-disposition']]).toEqual([expected, undefined]);
    }
  });

  it('is the same whatever the order of the topics, and says nothing in plain text', async () => {
    await world.issue('crd_1');
    await world.recognise('rec_1', 'Positive', ['crd_1'], ECTS_6);
    await world.issue('crd_2');
    await world.revoke('crd_2');
    const { text } = await world.ask();
    const expected = await world.rows();
    for await (const _ of world.replays()) expect(await world.rows()).toBe(expected);
    expect((await world.ask()).text).toBe(text);
    for (const secret of ['Nursing', 'Diallo', 'Secret', 'per_a', 'Positive'])
      expect([secret, expected.includes(secret)]).toEqual([secret, false]);
  });

  it('of an erased learner is no more, and no row of theirs, whatever comes first', async () => {
    await world.issue('crd_1');
    await world.recognise('rec_1', 'Positive', ['crd_1'], ECTS_6);
    await world.issue('crd_2');
    await world.revoke('crd_2');
    await world.erase('per_a');
    expect(await codeOf()).toEqual([422, 'profile-incomplete']);
    for await (const _ of world.replays())
      for (const trace of ['crd_', 'rec_1'])
        expect([trace, (await world.rows()).includes(trace)]).toEqual([trace, false]);
  });

  describeWithStandards('by the official XSD', () => {
    it('is valid, with recognition, credit of several systems and hard names', async () => {
      await vault.putProfile('per_a', { givenName: ']]>&amp;\u0007', familyName: '林\u{1F600}' });
      await world.issue('crd_1');
      await world.issue('crd_2', { achievement: { credit: { system: 'CPD-hours', value: 0.25 } } });
      await world.issue('crd_3', {
        issuer: 'cadence',
        achievement: { name: 'A < B & "C"', type: 'Badge', language: 'zh-Hant', iscedF: undefined },
      });
      await world.recognise('rec_1', 'Positive', ['crd_1'], ECTS_6);
      const { text } = await world.ask();
      const schema = new ElmoSchema();
      expect(schema.problemsOf(text)).toEqual([]);
      schema.dispose();
      expect(textsAt(text, '//e:givenNames')).toEqual([']]>&amp;']);
    });
  });
});
