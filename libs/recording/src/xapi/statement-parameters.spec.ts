import { describe, expect, it } from '@jest/globals';
import { DomainError } from '#kernel';
import { statementQuery } from './statement-parameters.js';

const ID = 'F1A2B3C4-0000-4000-8000-00000000000A';
const id = ID.toLowerCase();
const account = { homePage: 'https://uni.example', name: '204' };
const refusal = (parameters: Readonly<Record<string, string>>) => {
  try {
    statementQuery(parameters);
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  return undefined;
};

describe('the parameters of a GET of statements', () => {
  it('ask for all, exact and without attachments, where there are none', () => {
    expect(statementQuery({})).toEqual({
      is: 'list',
      relatedActivities: false,
      relatedAgents: false,
      limit: 0,
      ascending: false,
      format: 'exact',
      attachments: false,
    });
  });

  it.each([
    ['2026-05-04T09:00:00+23:59', '2026-05-03T09:01:00.000Z'],
    ['2026-05-04t09:00:00.000999999z', '2026-05-04T09:00:00.000Z'],
    ['9999-12-31T23:59:59-23:59', '9999-12-31T23:59:59.999Z'],
  ])('say %s in words that a database knows', (since, known) => {
    expect(statementQuery({ since })).toMatchObject({ since: known });
  });

  it('ask for those that fit all that is said', () => {
    const query = {
      agent: JSON.stringify({ account }),
      verb: 'http://adlnet.gov/expapi/verbs/passed',
      activity: 'urn:x:y',
      registration: ID,
      related_activities: 'true',
      related_agents: 'false',
      since: '2026-05-04T09:00:00.123456789Z',
      until: '2026-05-04T11:00:00+02:00',
      limit: '25',
      ascending: 'true',
      format: 'ids',
      attachments: 'true',
    };
    expect(statementQuery(query)).toEqual({
      is: 'list',
      agent: { account },
      verb: query.verb,
      activity: query.activity,
      registration: id,
      relatedActivities: true,
      relatedAgents: false,
      since: '2026-05-04T09:00:00.123Z',
      until: '2026-05-04T09:00:00.000Z',
      limit: 25,
      ascending: true,
      format: 'ids',
      attachments: true,
    });
  });

  it('ask for one, voided or not, in any format', () => {
    expect(statementQuery({ statementId: ID, format: 'canonical', attachments: 'true' })).toEqual({
      is: 'single',
      id,
      voided: false,
      format: 'canonical',
      attachments: true,
    });
    expect(statementQuery({ voidedStatementId: ID })).toEqual({
      is: 'single',
      id,
      voided: true,
      format: 'exact',
      attachments: false,
    });
  });

  it('may name an identified group', () => {
    const group = { objectType: 'Group', mbox: 'mailto:a@b.c', name: 'Team' };
    expect(statementQuery({ agent: JSON.stringify(group) })).toMatchObject({ agent: group });
  });

  it.each([
    ['agent', '{"mbox":"mailto:a@b.c"}'],
    ['verb', 'x:y'],
    ['activity', 'x:y'],
    ['registration', ID],
    ['related_activities', 'true'],
    ['related_agents', 'false'],
    ['since', '2026-05-04T09:00:00Z'],
    ['until', '2026-05-04T09:00:00Z'],
    ['limit', '1'],
    ['ascending', 'true'],
  ])('do not have %s beside a statement’s id', (name, value) => {
    for (const one of ['statementId', 'voidedStatementId'])
      expect(refusal({ [one]: ID, [name]: value })?.code).toBe('invalid-input');
    expect(refusal({ [name]: value })).toBeUndefined();
  });

  it.each<Readonly<Record<string, string>>>([
    { statementId: ID, voidedStatementId: ID },
    { foo: 'bar' },
    { StatementId: ID },
    { Limit: '1' },
    { relatedAgents: 'true' },
    { ['__proto__']: 'x' },
    { toString: 'x' },
    { statementId: 'wrong' },
    { statementId: '' },
    { statementId: `urn:uuid:${ID}` },
    { voidedStatementId: 'wrong' },
    { registration: 'wrong' },
    { verb: 'not.an.iri/verb' },
    { verb: '' },
    { activity: 'not.an.iri/activity' },
    { activity: `x:${'y'.repeat(2_100)}` },
    { related_agents: 'True' },
    { related_activities: '1' },
    { ascending: '' },
    { attachments: 'yes' },
    { since: 'yesterday' },
    { since: '2026-05-04' },
    { since: '2026-05-04T09:00:00' },
    { since: '0000-12-31T23:59:59Z' },
    { since: '2026-02-30T00:00:00Z' },
    { since: '2026-05-04T09:00:00.0123456789Z' },
    { since: '2026-05-04T09:00:00-00:00' },
    { until: '2026-13-04T09:00:00Z' },
    { limit: '-1' },
    { limit: '1.5' },
    { limit: '1e3' },
    { limit: '' },
    { limit: '9'.repeat(30) },
    { format: 'Exact' },
    { format: 'xml' },
    { agent: 'wrong' },
    { agent: 'null' },
    { agent: '[]' },
    { agent: '{}' },
    { agent: '{"name":"Amina"}' },
    { agent: '{"mbox":"amina@uni.example"}' },
    { agent: '{"mbox":"mailto:a@b.c","openid":"x:y"}' },
    { agent: '{"mbox":"mailto:a@b.c","age":7}' },
    { agent: '{"objectType":"Group","member":[{"mbox":"mailto:a@b.c"}]}' },
    { agent: JSON.stringify({ mbox: 'mailto:a@b.c', name: '\ud800' }) },
    { agent: '['.repeat(5_000) },
  ])('are not %j', (parameters) => {
    const error = refusal(parameters);
    expect(error?.code).toBe('invalid-input');
    for (const value of Object.values(parameters).filter(({ length }) => length > 3))
      expect(JSON.stringify(error)).not.toContain(value);
  });
});
