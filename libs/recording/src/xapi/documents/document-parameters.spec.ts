import { describe, expect, it } from '@jest/globals';
import { DomainError } from '#kernel';
import { agentOf, checkParameters, parameterCheck, sinceOf } from './document-parameters.js';

const account = { homePage: 'https://uni.example', name: '204' };
const agent = (value: unknown) => ({
  agent: typeof value === 'string' ? value : JSON.stringify(value),
});
const pointing = (pointer: string) =>
  expect.objectContaining({
    code: 'invalid-input',
    issues: expect.arrayContaining([expect.objectContaining({ pointer })]),
  });

const refusalOf = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

describe('parameters', () => {
  const check = parameterCheck(['activityId', 'stateId'], ['registration', 'since']);
  const good = { activityId: 'https://uni.example/course/12', stateId: 's' };

  it('are those that are needed and those that may be', () => {
    const all = {
      ...good,
      registration: 'EC531277-b57b-4c15-8d91-d292c5b2b8f7',
      since: '2026-05-04T09:00:00.123+02:00',
    };
    expect(() => checkParameters(check, good)).not.toThrow();
    expect(() => checkParameters(check, all)).not.toThrow();
  });

  it.each([
    [{ stateId: 's' }, '#/activityId'],
    [{ ...good, activityId: 'true' }, '#/activityId'],
    [{ ...good, activityId: '' }, '#/activityId'],
    [{ ...good, activityId: `https://${'x'.repeat(2_048)}` }, '#/activityId'],
    [{ activityId: good.activityId }, '#/stateId'],
    [{ ...good, stateId: '' }, '#/stateId'],
    [{ ...good, stateId: 's'.repeat(1_025) }, '#/stateId'],
    [{ ...good, registration: 'true' }, '#/registration'],
    [{ ...good, registration: 'urn:uuid:ec531277-b57b-4c15-8d91-d292c5b2b8f7' }, '#/registration'],
    [{ ...good, since: 'true' }, '#/since'],
    [{ ...good, since: '2026-05-04' }, '#/since'],
    [{ ...good, since: 'Mon, 04 May 2026 09:00:00 GMT' }, '#/since'],
    [{ ...good, StateId: 's' }, '#/StateId'],
    [{ ...good, profileId: 'p' }, '#/profileId'],
    [{ ...good, method: 'PUT' }, '#/method'],
    [JSON.parse('{"__proto__":"x","activityId":"a:b","stateId":"s"}') as object, '#/__proto__'],
  ])('are not %j', (parameters, pointer) => {
    expect(() => checkParameters(check, parameters as Record<string, string>)).toThrow(
      pointing(pointer),
    );
  });

  it('say since when, if a calendar has it', () => {
    expect(sinceOf({})).toBeUndefined();
    expect(sinceOf({ since: '2026-05-04T09:00:00+02:00' })).toEqual(
      new Date('2026-05-04T07:00:00Z'),
    );
    expect(() => sinceOf({ since: '2026-06-30T23:59:60Z' })).toThrow(pointing('#/since'));
  });
});

describe('the parameter agent', () => {
  it.each([
    { account },
    { objectType: 'Agent', account, name: 'Amina Diallo' },
    { mbox: 'mailto:amina@uni.example' },
    { mbox_sha1sum: 'EBD31E95054C018B10727CCFFD2EF2EC3A016EE9' },
    { openid: 'https://amina.example/' },
  ])('is an agent: %j', (value) => {
    expect(agentOf(agent(value), 'agent')).toEqual(value);
    expect(agentOf(agent(value), 'group')).toEqual(value);
  });

  it('is a group with an identifier where one may be meant', () => {
    const group = { objectType: 'Group', account, member: [{ mbox: 'mailto:a@b.example' }] };
    expect(agentOf(agent(group), 'group')).toEqual(group);
    expect(() => agentOf(agent(group), 'agent')).toThrow(pointing('#/agent/objectType'));
    const anonymous = { objectType: 'Group', member: [{ mbox: 'mailto:a@b.example' }] };
    expect(() => agentOf(agent(anonymous), 'group')).toThrow(pointing('#/agent'));
  });

  it.each([
    ['not JSON', '#/agent'],
    ['', '#/agent'],
    ['true', '#/agent'],
    ['null', '#/agent'],
    ['[]', '#/agent'],
    ['{"account"%22{}}', '#/agent'],
    [{}, '#/agent'],
    [{ objectType: 'Agent', name: 'Amina Diallo' }, '#/agent'],
    [{ account, mbox: 'mailto:amina@uni.example' }, '#/agent'],
    [{ account, hobby: 'chess' }, '#/agent/hobby'],
    [{ account, member: [] }, '#/agent/member'],
    [{ account, objectType: 'Person' }, '#/agent/objectType'],
    [{ account, name: ['Amina'] }, '#/agent/name'],
    [{ account: { homePage: 'https://uni.example' } }, '#/agent/account/name'],
    [{ account: { ...account, homePage: 'uni' } }, '#/agent/account/homePage'],
    [{ account: { ...account, name: 'x'.repeat(257) } }, '#/agent/account/name'],
    [{ mbox: 'amina@uni.example' }, '#/agent/mbox'],
    [{ mbox: 'mailto:amina' }, '#/agent/mbox'],
    [{ mbox_sha1sum: 'ebd31e95' }, '#/agent/mbox_sha1sum'],
    [{ openid: 'amina' }, '#/agent/openid'],
    [JSON.parse('{"__proto__":{"mbox":"mailto:a@b.example"}}') as object, '#/agent'],
  ])('is not %j', (value, pointer) => {
    expect(() => agentOf(agent(value), 'agent')).toThrow(pointing(pointer));
    expect(() => agentOf({}, 'agent')).toThrow(pointing('#/agent'));
  });

  it('is refused without being quoted', () => {
    for (const value of [{ mbox: 'amina' }, 'amina', { name: 'amina' }, { account: 'amina' }]) {
      const refusal = refusalOf(() => agentOf(agent(value), 'agent'));
      expect(refusal).toBeInstanceOf(DomainError);
      expect(JSON.stringify(refusal) + String(refusal)).not.toContain('amina');
    }
  });
});
