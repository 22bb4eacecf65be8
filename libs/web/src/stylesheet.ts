import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { pathTo, paths } from './paths.js';

const text = readFileSync(new URL('./styles/style.css', import.meta.url), 'utf8');
const hash = createHash('sha256').update(text).digest('hex').slice(0, 12);
const file = `style-${hash}.css`;

/** The one stylesheet. Its name changes with its content, so browsers may keep it for good. */
export const stylesheet = {
  text,
  file,
  href: pathTo(paths.stylesheet, { file }),
  type: 'text/css; charset=utf-8',
};
