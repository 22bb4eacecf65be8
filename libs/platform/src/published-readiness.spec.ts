import { expect, it } from '@jest/globals';
import { LogGuard } from '#log';
import { publishedReadiness } from './published-readiness.js';

const guards = () => ({ log: new LogGuard(), metaLog: new LogGuard() });

it('has nothing to say of logs that are as published, nor of a meta-log that is not kept', () => {
  expect(publishedReadiness(guards())).toEqual({});
  expect(publishedReadiness({ log: new LogGuard(), metaLog: undefined })).toEqual({});
});

it('says of each log by itself what is wrong with it', () => {
  const logs = guards();
  logs.metaLog.refuse('not-as-published');
  expect(publishedReadiness(logs)).toEqual({ 'meta-log': 'not-as-published' });
  logs.log.refuse('behind-the-published-checkpoint');
  expect(publishedReadiness(logs)).toEqual({
    log: 'behind-the-published-checkpoint',
    'meta-log': 'not-as-published',
  });
  logs.metaLog.trust(1);
  expect(publishedReadiness(logs)).toEqual({ log: 'behind-the-published-checkpoint' });
});

it.each(['log', 'metaLog'] as const)('says if no checkpoint of the %s can be kept', (name) => {
  const logs = guards();
  logs[name].isPublishing = false;
  expect(publishedReadiness(logs)).toEqual({ checkpoints: false });
});
