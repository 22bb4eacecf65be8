import { describe, expect, it } from '@jest/globals';
import { loadConfig } from './config.js';

describe('loadConfig', () => {
  it.each([
    [{}, true],
    [{ DATABASE_URL: '', KAFKA_BROKERS: '', HOST: '' }, true],
    [{ DATABASE_URL: 'postgres://db/ledger' }, false],
    [{ KAFKA_BROKERS: 'kafka:9092' }, false],
    [{ HOST: '127.0.0.1' }, false],
    [{ DATABASE_URL: 'postgres://db/ledger', DEMO: '1' }, true],
    [{ DEMO: '0' }, false],
  ])('decides on demo mode for %j', (env, demo) => {
    expect(loadConfig(env).demo).toBe(demo);
  });

  it('refuses a demo that others on the network could reach', () => {
    expect(() => loadConfig({ DEMO: '1', HOST: '0.0.0.0' })).toThrow(/^HOST: .*loopback/u);
  });

  it.each([
    ['PORT', 'eighty'],
    ['PORT', '70000'],
    ['PUBLIC_URL', 'here'],
    ['DEMO', 'yes'],
    ['VAULT_TOKEN', 'short'],
    ['LOG_LEVEL', 'loud'],
  ])('names %s when it is %s', (name, value) => {
    expect(() => loadConfig({ [name]: value })).toThrow(new RegExp(`^${name}: `, 'mu'));
  });

  it.each([
    [{}, true],
    [{ FETCH_PUBLISHED: '1' }, true],
    [{ FETCH_PUBLISHED: '0' }, false],
  ])('looks up what others publish unless told otherwise: %j', (env, fetchesPublished) => {
    expect(loadConfig(env)).toMatchObject({ fetchesPublished });
  });

  it('listens on loopback unless told otherwise', () => {
    expect(loadConfig({ DATABASE_URL: 'postgres://db/ledger' }).host).toBe('127.0.0.1');
  });
});
