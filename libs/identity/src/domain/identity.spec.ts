import { describe, expect, it } from '@jest/globals';
import { DomainError, fold } from '#kernel';
import type { Client } from '#contracts';
import { aliasDecider } from './alias.js';
import { clientDecider } from './client.js';

const client: Client = {
  id: 'aurora',
  name: 'Aurora Open University',
  type: 'university',
  country: 'ES',
  homePage: 'https://aurora.example',
  sources: ['urn:llcl:aurora:moodle'],
  learningContext: 'formal',
  highestAssurance: 'quality-assured',
  recognises: true,
};
const register = { client, basicKeySha256: 'b', secretSha256: 's' };
const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
  return 'nothing was thrown';
};

describe('a client', () => {
  it('is registered once', () => {
    const events = clientDecider.decide(register, clientDecider.initial);
    expect(events).toEqual([{ kind: 'client-registered', data: register }]);
    const state = fold(clientDecider, events);
    expect(codeOf(() => clientDecider.decide(register, state))).toBe('client-exists');
  });

  it('cannot take the name under which self-reports are filed', () => {
    const self = { ...register, client: { ...client, id: 'self', sources: [] } };
    expect(codeOf(() => clientDecider.decide(self, clientDecider.initial))).toBe('client-exists');
  });

  it.each([['urn:llcl:other:moodle'], ['urn:llcl:aurora2:moodle'], ['urn:llcl:auror:a']])(
    'may not have the source %s',
    (source) => {
      const foreign = { ...register, client: { ...client, sources: [source] } };
      expect(codeOf(() => clientDecider.decide(foreign, clientDecider.initial))).toBe(
        'invalid-input',
      );
    },
  );
});

describe('an alias', () => {
  const claim = { person: 'per_a', alias: 'urn:lrn:a', provider: 'aurora' };
  const claimed = aliasDecider.decide(claim, aliasDecider.initial);

  it('becomes one of the person who claims it, and again without a change', () => {
    expect(claimed).toEqual([{ kind: 'alias-claimed', data: claim }]);
    expect(aliasDecider.decide(claim, fold(aliasDecider, claimed))).toEqual([]);
  });

  it('cannot be claimed by a second person', () => {
    const other = { ...claim, person: 'per_b' };
    expect(codeOf(() => aliasDecider.decide(other, fold(aliasDecider, claimed)))).toBe(
      'claim-code-invalid',
    );
  });

  it('can be claimed anew once it was released', () => {
    const released = {
      kind: 'alias-released' as const,
      data: { person: 'per_a', alias: 'urn:lrn:a' },
    };
    const state = fold(aliasDecider, [...claimed, released]);
    expect(aliasDecider.decide({ ...claim, person: 'per_b' }, state)).toHaveLength(1);
  });
});
