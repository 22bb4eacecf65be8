import type { z } from 'zod';
import type { ProblemDetails } from '#contracts';
import { paths } from '../paths.js';
import { type TextKey, type Texts, useTexts } from '../texts.js';

/** The problems that a visitor meets as a page, in words made for pages. */
const PAGES: Readonly<Record<number, readonly [TextKey, TextKey]>> = {
  401: ['problem.401', 'problem.401.text'],
  403: ['problem.403', 'problem.403.text'],
  404: ['problem.404', 'problem.404.text'],
  410: ['problem.410', 'problem.410.text'],
  413: ['problem.413', 'problem.413.text'],
  429: ['problem.429', 'problem.429.text'],
  500: ['problem.500', 'problem.500.text'],
  503: ['problem.503', 'problem.503.text'],
};

type Problem = z.infer<typeof ProblemDetails>;

/** What happened and what to do: our words for what pages meet, the problem's own otherwise. */
export const problemWords = (problem: Problem, t: Texts): readonly [string, string] => {
  const words = PAGES[problem.status];
  if (problem.code === 'share-stopped')
    return [t.text('problem.share'), t.text('problem.share.text')];
  if (words === undefined || problem.code === 'sign-in-link-invalid')
    return [problem.title, problem.whatToDo];
  return [t.text(words[0]), t.text(words[1])];
};

/** Any problem as a page: what happened, what to do, and the id to tell us. */
export const ProblemPage = ({ problem }: { readonly problem: Problem }) => {
  const t = useTexts();
  const [title, text] = problemWords(problem, t);
  return (
    <>
      <h1>{title}</h1>
      <p className="lead">{text}</p>
      <ul className="ways-on">
        {problem.status === 401 ? (
          <li>
            <a href={paths.signIn}>{t.text('problem.signIn')}</a>
          </li>
        ) : null}
        <li>
          <a href={paths.start}>{t.text('problem.start')}</a>
        </li>
        <li>
          <a href={paths.check}>{t.text('problem.check')}</a>
        </li>
      </ul>
      {problem.requestId === undefined ? null : (
        <p className="request-id">
          {t.text('problem.requestId')} <code>{problem.requestId}</code>
        </p>
      )}
    </>
  );
};
