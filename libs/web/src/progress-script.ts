import { createHash } from 'node:crypto';
import { pathTo, paths } from './paths.js';

/**
 * Moves the bar of a job while it runs. Everything it shows is written by us and arrives ready; a
 * page without it says the same each time it is loaded.
 */
const text = `'use strict';
const box = document.getElementById('job');
const bar = document.getElementById('job-bar');
const line = document.getElementById('job-line');
const said = document.getElementById('job-said');
const source = new EventSource(box.dataset.events);
source.addEventListener('job', (event) => {
  const job = JSON.parse(event.data);
  if (job.hasEnded) {
    source.close();
    location.reload();
    return;
  }
  if (job.percent === null) bar.removeAttribute('value');
  else bar.value = job.percent;
  line.textContent = job.line;
  if (said.textContent !== job.said) said.textContent = job.said;
});
`;
const hash = createHash('sha256').update(text).digest('hex').slice(0, 12);
const file = `progress-${hash}.js`;

/** The one script of the pages. Its name changes with its content. */
export const progressScript = {
  text,
  file,
  href: pathTo(paths.stylesheet, { file }),
  type: 'text/javascript; charset=utf-8',
};
