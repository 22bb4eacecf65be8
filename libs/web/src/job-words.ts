import type { Job } from '#contracts';
import type { Texts } from './texts.js';

/** A screen reader is told so often how far it is, and not each second. */
const TOLD_EVERY_PERCENT = 25;
const MINUTE = 60;

/** How far a job is, in words: for the page, and for the script that moves its bar. */
export const jobWords = (job: Job, texts: Texts) => {
  const { done, total, state, area, pausedUntil } = job;
  const percent =
    total === null || total === 0 ? null : Math.min(100, Math.floor((done * 100) / total));
  const rows =
    total === null ? texts.text('job.rows', { done }) : texts.text('job.of', { done, total });
  const told = percent === null ? 0 : Math.floor(percent / TOLD_EVERY_PERCENT) * TOLD_EVERY_PERCENT;
  const paused =
    pausedUntil === undefined ? '' : texts.text('job.paused', { time: texts.moment(pausedUntil) });
  const saidOf = texts.text(area === 'test' ? 'job.trial.said' : 'job.said', { percent: told });
  return {
    percent,
    line: [rows, paused, timeLeft(job, texts)].filter(Boolean).join(' '),
    said: paused === '' ? saidOf : texts.text('job.paused.said'),
    hasEnded: state !== 'running',
  };
};

const timeLeft = ({ secondsLeft, state }: Job, texts: Texts): string => {
  if (secondsLeft === null || state !== 'running') return '';
  return secondsLeft < MINUTE
    ? texts.text('job.soon')
    : texts.text('job.left', { minutes: Math.ceil(secondsLeft / MINUTE) });
};
