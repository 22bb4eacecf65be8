import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { corrections } from './corrections.js';
import { people } from './people.js';
import { validateElmo } from './elmo.js';
import type { Receipt } from '#contracts';
import { Person, tokenFor } from './client.js';
import { KeptLog } from './kept-log.js';
import { signedByStranger } from './stranger.js';
import * as story from './story.js';

/** A running ledger in some topology. */
export interface System {
  readonly url: string;
  readonly keysDir: string;
  /** Every log of the system, recomputed: violations in plain words, none when all is well. */
  fsck(): Promise<readonly string[]>;
  /** Empties every read model and reads the logs from the beginning again. */
  rebuild(): Promise<void>;
  /** Between recording and claiming: a topology kills here what it must survive losing. */
  disturb?(record: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

interface Verification {
  verdict: string;
  checks: { check: string; result: string; reason: string; code: string }[];
  credential?: { withdrawnAt?: string };
}
const resultOf = ({ checks }: Verification, name: string): string | undefined =>
  checks.find(({ check }) => check === name)?.result;

/** One learner's learning, from event to recognised credit: the same in every topology. */
export const journey = (name: string, start: () => Promise<System>): void => {
  describe(name, () => {
    jest.setTimeout(60_000);
    let system: System;
    let university: Person;
    let xapi: Person;
    let mooc: Person;
    let library: Person;
    let learner: Person;
    let officer: Person;
    let admin: Person;
    const anybody = (): Person => new Person(system.url, '');
    const as = async (
      id: string,
      role: 'learner' | 'provider' | 'officer' | 'admin',
      organisation?: string,
    ) =>
      new Person(
        system.url,
        await tokenFor(system.keysDir, system.url, {
          id,
          role,
          ...(organisation ? { organisation } : {}),
        }),
      );
    const credentials: Record<string, { id: string; document: Record<string, any> }> = {};
    let receipts: readonly Receipt[] = [];
    let shareId = '';
    let caseId = '';

    beforeAll(async () => {
      system = await start();
      admin = await as('per_operator', 'admin');
      university = await as(story.UNIVERSITY.id, 'provider', story.UNIVERSITY.id);
      mooc = await as(story.MOOC.id, 'provider', story.MOOC.id);
      library = await as(story.LIBRARY.id, 'provider', story.LIBRARY.id);
    }, 180_000);
    afterAll(async () => system?.stop(), 60_000);

    const invite = async (role: string, organisation?: string) => {
      const { url } = await admin.must(201, 'post', '/v1/invitations', { role, organisation });
      const code = String(url).split('/').at(-1);
      const { access_token } = await anybody().must(200, 'post', '/v1/sign-in', { code });
      await anybody().must(410, 'post', '/v1/sign-in', { code });
      return new Person(system.url, `Bearer ${access_token}`);
    };
    const check = (document: unknown): Promise<Verification> =>
      anybody().must(200, 'post', '/v1/verifications', { credential: document });

    it('registers providers, each with secrets that are shown once, and invites people', async () => {
      for (const client of story.clients) {
        const answer = await admin.must(201, 'post', '/v1/clients', client);
        expect(answer.clientSecret).toMatch(/^\S{40,}$/u);
        if (client.id === story.UNIVERSITY.id)
          xapi = new Person(
            system.url,
            `Basic ${Buffer.from(`${answer.xapiKey}:${answer.xapiSecret}`).toString('base64')}`,
          );
        await admin.must(409, 'post', '/v1/clients', client);
      }
      await anybody().must(401, 'post', '/v1/clients', story.MOOC);
      await mooc.must(403, 'post', '/v1/clients', story.MOOC);
      learner = await invite('learner');
      officer = await invite('officer', story.SECOND_UNIVERSITY.id);
    });

    it('publishes achievement definitions, which are data', async () => {
      const publishers = { university, mooc, library };
      for (const [publisher, definition] of story.achievements)
        await publishers[publisher].must(201, 'post', '/v1/achievements', definition);
      const [, first] = story.achievements[0] ?? [];
      await mooc.must(409, 'post', '/v1/achievements', { ...first, name: 'Taken over' });
      await mooc.must(400, 'post', '/v1/achievements', { ...first, rule: { nonsense: 1 } });
    });

    it('records what four providers saw, each naming the learner their own way', async () => {
      const recordAll = async () => {
        await anybody().eventually(
          '/v1/institutions',
          ({ data }) => data.length === story.clients.length,
        );
        const statements = await xapi.send(
          'post',
          '/xapi/statements',
          story.moodleStatements,
          story.XAPI,
        );
        expect([statements.status, statements.text]).toEqual([200, expect.stringMatching(/^\[/u)]);
        expect(statements.headers['link']).toContain('rel="receipt"');
        const { results } = await mooc.must(200, 'post', '/v1/events', story.moocEvents);
        expect(results).toHaveLength(story.moocEvents.length);
        for (const result of results)
          expect(result).toMatchObject({ eventId: expect.stringMatching(/^evt_/u) });
        receipts = results;
        const byForm = await library.must(200, 'post', '/v1/events', story.libraryEvent);
        expect(byForm.results[0]).toMatchObject({
          status: expect.stringMatching(/^(?:recorded|duplicate)$/u),
          leafHash: expect.stringMatching(/^[0-9a-f]{64}$/u),
        });
      };
      // The providers must be known to the recorder, which may be another process.
      await retryUntil(
        async () => (await xapi.send('post', '/xapi/statements', [], story.XAPI)).status !== 401,
      );
      await retryUntil(async () => {
        const { results } = await mooc.must(200, 'post', '/v1/events', {
          ...story.moocEvents[0],
          source: 'urn:llcl:nobody:x',
        });
        return results[0].code === 'source-not-yours';
      });
      await (system.disturb ? system.disturb(recordAll) : recordAll());
      await learner.must(201, 'post', '/v1/me/events', story.selfReport);
    }, 120_000);

    it('answers the same event twice with success, and other content with a conflict', async () => {
      const again = await mooc.must(200, 'post', '/v1/events', story.moocEvents);
      expect(again.results.map(({ status }: { status: string }) => status)).toEqual(
        story.moocEvents.map(() => 'duplicate'),
      );
      const [event] = story.moocEvents;
      const changed = structuredClone(event) as { data: { result: { score: { raw: number } } } };
      changed.data.result.score.raw = 99;
      const { results } = await mooc.must(200, 'post', '/v1/events', changed);
      expect(results[0]).toMatchObject({ status: 409, code: 'event-conflict' });
      const later = await mooc.must(200, 'post', '/v1/events', {
        ...event,
        time: '2026-02-02T10:00:00Z',
      });
      expect(
        later.results[0].status === 'duplicate' || later.results[0].code === 'event-conflict',
      ).toBe(true);
    });

    it('lets the learner claim the accounts by a code from each provider', async () => {
      for (const [provider, account] of [
        [university, story.accounts.university],
        [mooc, story.accounts.mooc],
        [library, story.accounts.library],
      ] as const) {
        const { code } = await provider.must(201, 'post', '/v1/claim-codes', {
          learner: { account },
        });
        await learner.must(422, 'post', '/v1/me/claims', { code: 'AAAA-BBBB-CCCC-DDDD' });
        await learner.must(201, 'post', '/v1/me/claims', { code: String(code).toLowerCase() });
      }
      const { data } = await learner.eventually('/v1/me/claims', (body) => body.data.length === 3);
      expect(
        data.map(({ providerName }: { providerName: string }) => providerName).toSorted(),
      ).toEqual([story.UNIVERSITY.name, story.MOOC.name, story.LIBRARY.name].toSorted());
    });

    it('accumulates into credentials, stacked ones too, once each', async () => {
      const { data } = await learner.eventually(
        '/v1/me/credentials',
        (body) => body.data.length >= story.achievements.length,
      );
      const titles = data.map(({ title }: { title: string }) => title).toSorted();
      expect(titles).toEqual(story.achievements.map(([, { name: title }]) => title).toSorted());
      for (const { id, title } of data) {
        const response = await learner.send('get', `/v1/me/credentials/${id}`);
        expect(response.status).toBe(200);
        credentials[title] = { id, document: JSON.parse(response.text) };
      }
      const { data: timeline } = await learner.eventually(
        '/v1/me/timeline',
        (body) => body.data.length >= story.EVENTS,
      );
      expect(timeline).toHaveLength(story.EVENTS);
    });

    it('issues Open Badges 3.0 in the provider’s name, to an identifier that is not the alias', async () => {
      const document = credentials[story.COURSE_NAME]?.document;
      expect(document).toMatchObject({
        type: expect.arrayContaining(['VerifiableCredential']),
        issuer: {
          id: expect.stringMatching(/^did:web:.*:issuers:aurora$/u),
          name: story.UNIVERSITY.name,
        },
        credentialStatus: { type: 'BitstringStatusListEntry', statusPurpose: 'revocation' },
        proof: { type: 'DataIntegrityProof', cryptosuite: 'eddsa-rdfc-2022' },
      });
      expect(JSON.stringify(document)).not.toContain('urn:lrn:');
      const subjects = Object.values(credentials).map(
        (credential) => credential.document['credentialSubject'].id,
      );
      expect(new Set(subjects).size).toBe(subjects.length);
      const did = await anybody().must(200, 'get', '/issuers/aurora/did.json');
      expect(did.id).toBe(document?.['issuer'].id);
    });

    it('posts the credit of a credential to the learner’s account', async () => {
      const account = await learner.eventually(
        '/v1/me/credits',
        (body) => body.balances.length > 0,
      );
      expect(account.balances).toContainEqual({
        institution: { id: 'aurora', name: story.UNIVERSITY.name },
        system: 'ECTS',
        value: 6,
      });
    });

    it('shares until a date or until told to stop', async () => {
      const id = credentials[story.COURSE_NAME]?.id;
      await learner.must(422, 'post', '/v1/shares', {
        credentialIds: [id],
        until: '2020-01-01T00:00:00Z',
      });
      await learner.must(404, 'post', '/v1/shares', {
        credentialIds: ['crd_nobody'],
        until: '2099-01-01T00:00:00Z',
      });
      const share = await learner.must(201, 'post', '/v1/shares', {
        credentialIds: [id],
        until: '2099-01-01T00:00:00Z',
      });
      shareId = share.id;
      const shown = await anybody().eventually(
        `/v1/shares/${shareId}`,
        (body) => body.credentials.length === 1,
      );
      expect(shown.credentials[0]).toEqual(credentials[story.COURSE_NAME]?.document);
      const second = await learner.must(201, 'post', '/v1/shares', {
        credentialIds: [id],
        until: '2099-01-01T00:00:00Z',
      });
      await anybody().eventually(`/v1/shares/${second.id}`, () => true);
      await learner.must(204, 'delete', `/v1/shares/${second.id}`);
      await retryUntil(
        async () => (await anybody().send('get', `/v1/shares/${second.id}`)).status === 410,
      );
      await anybody().must(404, 'get', '/v1/shares/shr_aaaaaaaaaaaaaaaaaaaaaaaaaa');
    });

    it('verifies: genuine, changed, expired and unknown issuer read differently', async () => {
      const document = credentials[story.COURSE_NAME]?.document;
      const genuine = await retryValue(
        () => check(document),
        ({ verdict }) => verdict === 'genuine',
      );
      expect(genuine.checks.map((entry) => entry.check)).toEqual([
        'integrity',
        'signer',
        'issuer',
        'status',
        'dates',
        'ledger',
        'complete',
      ]);
      expect(new Set(genuine.checks.map(({ result }) => result))).toEqual(new Set(['pass']));
      const changed = structuredClone(document) as Record<string, any>;
      changed['credentialSubject'].achievement.name = 'Community Nursing, module 2';
      const tampered = await check(changed);
      expect([tampered.verdict, resultOf(tampered, 'integrity')]).toEqual(['changed', 'fail']);
      const foreign = await signedByStranger('2099-01-01T00:00:00Z');
      expect((await check(foreign)).verdict).toBe('unknown-issuer');
      const expired = await check(await signedByStranger('2021-01-01T00:00:00Z'));
      expect([expired.verdict, resultOf(expired, 'dates')]).toEqual(['expired', 'fail']);
    });

    it('asks a second university, whose officer decides with reasons', async () => {
      const ask = {
        institution: story.SECOND_UNIVERSITY.id,
        credentialIds: [credentials[story.COURSE_NAME]?.id],
        purpose: 'Entry to the second year of the bachelor in nursing',
      };
      await learner.must(422, 'post', '/v1/recognition/cases', {
        ...ask,
        institution: story.MOOC.id,
      });
      const requested = await retryValue(
        () => learner.send('post', '/v1/recognition/cases', ask, { 'idempotency-key': 'ask-1' }),
        ({ status }) => status === 201,
      );
      caseId = requested.body.id;
      const seen = await officer.eventually(`/v1/recognition/cases/${caseId}`, () => true);
      expect(seen.credentials[0]).toMatchObject({
        title: story.COURSE_NAME,
        eqfLevel: 5,
        workloadHours: 150,
        state: 'valid',
        credit: { system: 'ECTS', value: 6 },
        learningOutcomes: story.OUTCOMES,
      });
      const decide = (who: Person, decision: object) =>
        who.send('post', `/v1/recognition/cases/${caseId}/decision`, decision);
      for (const [who, status] of [
        [learner, 403],
        [university, 403],
        [anybody(), 401],
      ] as const)
        expect((await decide(who, story.positive)).status).toBe(status);
      expect((await decide(officer, story.negativeWithoutReason)).body).toMatchObject({
        status: 422,
        code: 'difference-not-substantial',
      });
      expect((await decide(officer, story.withoutQuality)).body).toMatchObject({
        status: 422,
        code: 'criteria-incomplete',
      });
      const decided = await decide(officer, story.positive);
      expect([decided.status, decided.body.decision?.outcome]).toEqual([200, 'Positive']);
      expect((await decide(officer, story.negative)).status).toBe(409);
    });

    it('signs the decision as a credential and posts the credit', async () => {
      const { data } = await learner.eventually('/v1/me/credentials', (body) =>
        body.data.some(({ purpose }: { purpose: string }) => purpose === 'recognition'),
      );
      const { id, issuer } = data.find(
        ({ purpose }: { purpose: string }) => purpose === 'recognition',
      );
      expect(issuer.id).toBe(story.SECOND_UNIVERSITY.id);
      const response = await learner.send('get', `/v1/me/credentials/${id}`);
      await retryValue(
        () => check(JSON.parse(response.text)),
        ({ verdict }) => verdict === 'genuine',
      );
      await learner.eventually('/v1/me/credits', ({ balances }) =>
        balances.some(
          ({ institution, value }: any) =>
            institution.id === story.SECOND_UNIVERSITY.id && value === 6,
        ),
      );
    });

    it('hands out the transcript as ELMO 1.7 that validates', async () => {
      await learner.must(422, 'get', '/v1/me/transcript');
      await learner.must(204, 'put', '/v1/me/profile', {
        givenName: 'Amina & Éva',
        familyName: 'Diallo <مرحبا>',
      });
      const { text, headers } = await learner.send('get', '/v1/me/transcript', undefined, {
        accept: 'application/xml',
      });
      expect(headers['content-type']).toContain('application/xml');
      expect(text).toContain('Community Nursing, module 1');
      expect(validateElmo(text)).toEqual([]);
    });

    it('withdraws: the check says so with the date, and the credit is reversed by a new posting', async () => {
      const { id, document } = credentials[story.COURSE_NAME] ?? { id: '' };
      await mooc.must(404, 'post', `/v1/credentials/${id}/revoke`, { reason: 'Not ours' });
      await university.must(400, 'post', `/v1/credentials/${id}/revoke`, { reason: '' });
      const { revokedAt } = await university.must(200, 'post', `/v1/credentials/${id}/revoke`, {
        reason: 'Recorded for the wrong examination',
      });
      await university.must(409, 'post', `/v1/credentials/${id}/revoke`, { reason: 'Again' });
      const withdrawn = await retryValue(
        () => check(document),
        ({ verdict }) => verdict === 'withdrawn',
      );
      expect([resultOf(withdrawn, 'integrity'), resultOf(withdrawn, 'status')]).toEqual([
        'pass',
        'fail',
      ]);
      expect(withdrawn.credential?.withdrawnAt?.slice(0, 10)).toBe(String(revokedAt).slice(0, 10));
      const account = await learner.eventually(
        '/v1/me/credits',
        ({ postings }) =>
          postings.filter(({ kind }: { kind: string }) => kind === 'reversed').length === 2,
      );
      const total = (institution: string) =>
        account.balances
          .filter(
            (balance: any) => balance.institution.id === institution && balance.system === 'ECTS',
          )
          .reduce((sum: number, { value }: { value: number }) => sum + value, 0);
      expect([total('aurora'), total(story.SECOND_UNIVERSITY.id)]).toEqual([0, 0]);
      expect(
        account.postings.filter(({ kind }: { kind: string }) => kind !== 'reversed').length,
      ).toBe(2);
    });

    const cast = () => ({
      university,
      mooc,
      anybody: anybody(),
      invite: () => invite('learner'),
      until: retryUntil,
    });
    const correctedPeople = corrections(cast);
    const matchedPeople = people(cast);

    it('reaches the same state when every read model is rebuilt from the log', async () => {
      const ask = async () => {
        const [wallet, timeline, credits, cases] = await Promise.all([
          learner.send('get', '/v1/me/credentials'),
          learner.send('get', '/v1/me/timeline'),
          learner.send('get', '/v1/me/credits'),
          learner.send('get', '/v1/recognition/cases'),
        ]);
        const corrected = await correctedPeople();
        const matched = await matchedPeople();
        return [wallet.body, timeline.body, credits.body, cases.body, corrected, matched];
      };
      const before = await ask();
      await system.rebuild();
      await retryUntil(
        async () => JSON.stringify(await ask()) === JSON.stringify(before),
        async () => JSON.stringify([before, await ask()]),
      );
      expect(await system.fsck()).toEqual([]);
    }, 180_000);

    it('erases the learner: nothing of them is left, and the log still verifies', async () => {
      const kept = new KeptLog(system.url, receipts[0]?.log ?? '');
      await kept.keep();
      await learner.must(204, 'delete', '/v1/me');
      await learner.must(204, 'delete', '/v1/me');
      const isGone = async () => {
        const [wallet, timeline, credits] = await Promise.all(
          ['/v1/me/credentials', '/v1/me/timeline', '/v1/me/credits'].map((path) =>
            learner.send('get', path),
          ),
        );
        const statuses = [wallet, timeline, credits].map((answer) => answer?.status);
        // Whoever is busy says when to come again, and nothing else than that.
        for (const status of statuses) expect([200, 503]).toContain(status);
        const shared = await anybody().send('get', `/v1/shares/${shareId}`);
        const seen = await officer.send('get', `/v1/recognition/cases/${caseId}`);
        return (
          statuses.every((status) => status === 200) &&
          wallet?.body.data.length === 0 &&
          timeline?.body.data.length === 0 &&
          credits?.body.postings.length === 0 &&
          [404, 410].includes(shared.status) &&
          seen.status === 404
        );
      };
      await retryUntil(isGone);
      await system.rebuild();
      await retryUntil(isGone);
      expect((await learner.send('get', '/v1/me/profile')).status).toBe(404);
      expect(await system.fsck()).toEqual([]);
      await kept.stillVerifies(receipts);
      // One root over all logs, also those of other processes.
      await anybody().eventually('/v1/ledger/meta/logs', ({ data }) =>
        data.some(
          ({ origin, size }: { origin: string; size: number }) =>
            origin.endsWith(`/log/${receipts[0]?.log}`) && size > (receipts[0]?.seq ?? 0),
        ),
      );
    }, 180_000);
  });
};

const retryUntil = async (
  isSo: () => Promise<boolean>,
  describeState?: () => Promise<string>,
): Promise<void> => {
  const deadline = Date.now() + 45_000;
  while (!(await isSo())) {
    if (Date.now() > deadline)
      throw new Error(`it never became so ${(await describeState?.()) ?? isSo.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};
const retryValue = async <T>(ask: () => Promise<T>, isSo: (value: T) => boolean): Promise<T> => {
  let value = await ask();
  await retryUntil(
    async () => isSo(value) || isSo((value = await ask())),
    async () => JSON.stringify(value).slice(0, 3_000),
  );
  return value;
};
