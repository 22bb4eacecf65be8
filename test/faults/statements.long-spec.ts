import { createHash, randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { Person } from '../journey/client.js';
import { fsck } from '../journey/maintenance.js';
import * as story from '../journey/story.js';
import { usingDisturbedLedger } from './disturbed-ledger.js';

jest.setTimeout(120_000);

const PASSED = 'http://adlnet.gov/expapi/verbs/passed';
const EXPERIENCED = 'http://adlnet.gov/expapi/verbs/experienced';
const VOIDED = 'http://adlnet.gov/expapi/verbs/voided';

/** A Learning Record Store that is disturbed in every way. */
describe('statements', () => {
  const disturbed = usingDisturbedLedger('statements', { LOG_LEVEL: 'debug' });
  let lms: Person;

  beforeAll(async () => {
    const admin = await disturbed.admin();
    const { xapiKey, xapiSecret } = await admin.must(201, 'post', '/v1/clients', story.MOOC);
    const basic = Buffer.from(`${xapiKey}:${xapiSecret}`).toString('base64');
    lms = new Person(disturbed.url, `Basic ${basic}`);
    await lms.until('/xapi/statements', ({ status }) => status === 400);
  });

  const send = (method: 'get' | 'post' | 'put', path: string, body?: unknown) =>
    lms.send(method, `/xapi/${path}`, body, story.XAPI);
  const rows = async <T extends object>(sql: string, values: unknown[] = []): Promise<T[]> => {
    const client = new pg.Client({ connectionString: disturbed.databaseUrl });
    await client.connect();
    try {
      return (await client.query<T>(sql, values)).rows;
    } finally {
      await client.end();
    }
  };
  const events = async (): Promise<number> => {
    const [row] = await rows<{ n: number }>(
      `select count(*)::int as n from log.entry where topic = 'learning-events.v1'`,
    );
    return row?.n ?? 0;
  };
  const statement = (registration: string, part: object = {}) => ({
    actor: { account: { homePage: 'https://coral.example', name: `u-${randomUUID()}` } },
    verb: { id: PASSED },
    object: { id: 'https://coral.example/course/1' },
    timestamp: '2026-05-04T09:00:00Z',
    context: { registration },
    ...part,
  });
  const listed = async (registration: string): Promise<{ id: string; verb: { id: string } }[]> =>
    (await send('get', `statements?registration=${registration}`)).body.statements;

  describe.each([
    ['recorder.after-seal', 1],
    ['recorder.after-append', 1],
    ['statements.before-rows', 1],
    ['statements.before-commit', 1],
    ['statements.after-commit', 2],
  ])('that nobody was answered to, as the process died at %s', (point, copies) => {
    it('are stored once when they are sent again, and once in the ledger', async () => {
      const registration = randomUUID();
      const [first, telemetry, target] = [randomUUID(), randomUUID(), randomUUID()];
      const batch = [
        statement(registration, { id: first }),
        statement(registration, { id: telemetry, verb: { id: EXPERIENCED } }),
        statement(registration),
        statement(registration, { id: target }),
        statement(registration, {
          id: randomUUID(),
          verb: { id: VOIDED },
          object: { objectType: 'StatementRef', id: target },
        }),
      ];
      const before = await events();
      await disturbed.process.stop();
      disturbed.process.start({ FAILPOINT: point });
      await disturbed.process.ready();
      await expect(send('post', 'statements', batch)).rejects.toThrow();
      await disturbed.process.ended();
      expect(disturbed.process.endedHow).toBe('SIGKILL');

      disturbed.process.start();
      await disturbed.process.ready();
      const left = await listed(registration);
      expect(left).toHaveLength(copies === 2 ? 4 : 0);
      const again = await send('post', 'statements', batch);
      expect(again.status).toBe(200);
      const found = await listed(registration);
      // One had no id: whether it is the same nobody can tell.
      expect(found).toHaveLength(3 + copies);
      expect(found.filter(({ id }) => id === first || id === telemetry)).toHaveLength(2);
      expect((await send('get', `statements?voidedStatementId=${target}`)).status).toBe(200);
      expect((await events()) - before).toBe(4);
      const once = await send('post', 'statements', batch.slice(0, 2));
      expect(once.body).toEqual([first, telemetry]);
      expect((await events()) - before).toBe(4);
    });
  });

  it('get 503 with Retry-After while PostgreSQL is away, and are stored when it is back', async () => {
    const registration = randomUUID();
    const id = randomUUID();
    const one = statement(registration, { id });
    await disturbed.stopDatabase();
    for (const [method, path, body] of [
      ['post', 'statements', one],
      ['post', 'statements', one],
      ['get', `statements?statementId=${id}`, undefined],
      ['get', `statements?registration=${registration}`, undefined],
    ] as const) {
      const away = await send(method, path, body);
      expect([away.status, away.body.code]).toEqual([503, 'unavailable']);
      expect(Number(away.headers['retry-after'])).toBeGreaterThan(0);
      if (method === 'get')
        expect(away.headers['x-experience-api-consistent-through']).toMatch(/Z$/u);
    }
    await disturbed.startDatabase();
    await disturbed.process.ready();
    for (let tries = 0; (await send('post', 'statements', one)).status !== 200; tries += 1) {
      expect(tries).toBeLessThan(100);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(await listed(registration)).toHaveLength(1);
    expect(disturbed.process.hasExited).toBe(false);
  });

  it('leave nothing personal in the clear: not in tables, logs, metrics or errors', async () => {
    const marker = `mrk${randomUUID().replaceAll('-', '')}`;
    const mbox = `mailto:${marker}@coral.example`;
    const sha1 = createHash('sha1').update(mbox).digest('hex');
    const account = { homePage: 'https://coral.example', name: marker };
    const people = [
      { name: marker, mbox },
      { name: marker, account },
      { mbox_sha1sum: sha1 },
      { openid: `https://id.example/${marker}` },
    ];
    const registration = randomUUID();
    const essay = Buffer.from(`An essay by ${marker}`);
    const sha2 = createHash('sha256').update(essay).digest('hex');
    const seen: string[] = [];
    let output = '';
    const look = async <T extends { text: string; headers: object }>(
      asking: Promise<T>,
    ): Promise<T> => {
      const answer = await asking;
      output += disturbed.process.output;
      return answer;
    };
    const agent = (one: object) => encodeURIComponent(JSON.stringify(one));

    for (const actor of people)
      for (const verb of [PASSED, EXPERIENCED]) {
        const said = statement(registration, {
          actor,
          verb: { id: verb, display: { en: marker } },
          object: {
            id: 'https://coral.example/course/1',
            definition: { name: { en: marker }, description: { en: marker } },
          },
          result: { success: true, response: marker, extensions: { 'http://x.example/a': marker } },
          context: {
            registration,
            instructor: { name: marker, mbox },
            team: { objectType: 'Group', name: marker, member: people },
            platform: marker,
          },
        });
        expect((await look(send('post', 'statements', said))).status).toBe(200);
      }
    const boundary = 'b';
    const part = statement(registration, {
      attachments: [
        {
          usageType: 'http://x.example/essay',
          display: { en: marker },
          contentType: `text/plain; name=${marker}`,
          length: essay.length,
          sha2,
        },
      ],
    });
    const multipart = [
      `--${boundary}`,
      'Content-Type: application/json',
      '',
      JSON.stringify(part),
      `--${boundary}`,
      `Content-Type: text/plain; name=${marker}`,
      'Content-Transfer-Encoding: binary',
      `X-Experience-API-Hash: ${sha2}`,
      '',
      essay.toString(),
      `--${boundary}--`,
      '',
    ].join('\r\n');
    const whole = await look(
      lms.send('post', '/xapi/statements', multipart, {
        ...story.XAPI,
        'content-type': `multipart/mixed; boundary=${boundary}`,
      }),
    );
    expect(whole.status).toBe(200);

    // Reading, so that there is something to log.
    for (const one of people) {
      const found = await look(send('get', `statements?agent=${agent(one)}&related_agents=true`));
      expect(found.body.statements.length).toBeGreaterThan(0);
      await look(send('get', `agents?agent=${agent(one)}`));
      const place = `activityId=https://coral.example/course/1&agent=${agent(one)}&stateId=${marker}`;
      expect((await look(send('put', `activities/state?${place}`, { marker }))).status).toBe(204);
      const page = await look(send('get', `statements?limit=1&agent=${agent(one)}`));
      expect(page.body.more).not.toContain(marker);
      expect((await look(lms.send('get', page.body.more, undefined, story.XAPI))).status).toBe(200);
    }
    // What is refused quotes nothing.
    const problems = [
      send('post', 'statements', { ...part, actor: { name: marker } }),
      send('post', 'statements', statement(registration, { verb: { id: marker } })),
      send('post', 'statements', statement(registration, { timestamp: marker })),
      send('post', 'statements', statement(registration, { result: { duration: marker } })),
      send('post', 'statements', statement(registration, { actor: { mbox: marker } })),
      send('post', `statements?${marker}=${marker}`, part),
      send('put', `statements?statementId=${marker}`, part),
      send('get', `statements?agent=${agent({ name: marker })}`),
      send('get', `statements?agent=${marker}`),
      send('get', `statements?verb=${marker}`),
      send('get', `statements?${marker}=1`),
      send('get', `statements?registration=${marker}`),
      send('get', `statements?since=${marker}`),
      send('get', `statements?format=${marker}`),
      send('get', `statements/more?cursor=${marker}`),
      send('get', `agents?agent=${marker}`),
      send('get', `activities/state?agent=${agent({ mbox: marker })}&activityId=${marker}`),
      send('get', marker),
    ];
    for (const asking of problems) {
      const { status, text, headers } = await look(asking);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      seen.push(text, JSON.stringify(headers));
    }
    const metrics = await look(lms.send('get', '/metrics'));
    seen.push(metrics.text);

    const secrets = [marker, sha1, sha2];
    const quoted = secrets.filter((one) => [...seen, output].some((text) => text.includes(one)));
    expect(quoted).toEqual([]);
    expect(output).toContain('/xapi/statements');

    const columns = await rows<{ place: string; name: string; type: string }>(`
      select format('%I.%I', table_schema, table_name) as place, quote_ident(column_name) as name,
        data_type as type
      from information_schema.columns
      where table_schema not in ('pg_catalog', 'information_schema')`);
    expect(columns.length).toBeGreaterThan(50);
    // As text, and as bytes where a hash is meant.
    const bytes = [...secrets, Buffer.from(sha1, 'hex'), Buffer.from(sha2, 'hex')];
    const clear: string[] = [];
    for (const { place, name, type } of columns) {
      const [as, values] =
        type === 'bytea'
          ? [`$1::bytea[]`, bytes.map((one) => Buffer.from(one))]
          : [`$1::text[]`, secrets];
      const column = type === 'bytea' ? name : `${name}::text`;
      const found = await rows<object>(
        `select from ${place}, unnest(${as}) as secret where position(secret in ${column}) > 0 limit 1`,
        [values],
      );
      if (found.length > 0) clear.push(`${place}.${name}`);
    }
    expect(clear).toEqual([]);
  });

  it('leave a log that is whole', async () => {
    expect(await fsck([{ name: 'ledger', databaseUrl: disturbed.databaseUrl }])).toEqual([]);
  });
});
