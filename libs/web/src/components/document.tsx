import type { ReactNode } from 'react';
import type { Me } from '#contracts';
import { type Path, paths } from '../paths.js';
import { stylesheet } from '../stylesheet.js';
import { type TextKey, useTexts } from '../texts.js';

interface Door {
  readonly path: Path;
  readonly text: TextKey;
}

/** Where each role can go; the first is where signing in leads. */
export const doors: Readonly<Record<Me['role'], readonly Door[]>> = {
  learner: [
    { path: paths.wallet, text: 'nav.wallet' },
    { path: paths.claim, text: 'nav.claim' },
    { path: paths.report, text: 'nav.report' },
    { path: paths.shares, text: 'nav.shares' },
    { path: paths.recognition, text: 'nav.recognition' },
    { path: paths.profile, text: 'nav.profile' },
  ],
  provider: [
    { path: paths.provider, text: 'nav.provider' },
    { path: paths.imports, text: 'nav.imports' },
    { path: paths.deliveries, text: 'nav.deliveries' },
  ],
  officer: [{ path: paths.cases, text: 'nav.cases' }],
  employer: [],
  auditor: [],
  admin: [],
};

export interface DocumentProps {
  readonly title: string;
  readonly children: ReactNode;
  /** The page that is shown, as the navigation knows it. */
  readonly current?: Path;
  readonly me?: Me | undefined;
  readonly demo?: boolean;
  /** More room, for what is compared side by side. */
  readonly wide?: boolean;
  /** Address of a script of ours. The page must be of use without it. */
  readonly script?: string | undefined;
}

/** The frame of every page: skip link, header with navigation, one main landmark, footer. */
export const Document = (props: DocumentProps) => {
  const { title, children, current, me, demo, wide, script } = props;
  const t = useTexts();
  const { lang, dir } = t.locale;
  return (
    <html lang={lang} dir={dir}>
      <head>
        <meta charSet="utf-8" />
        <title>{t.text('page.title', { title })}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="stylesheet" href={stylesheet.href} />
        <link rel="icon" href={ICON} />
        {script === undefined ? null : <script defer src={script} />}
      </head>
      <body className={wide ? 'wide' : undefined}>
        <a className="skip" href="#main">
          {t.text('page.skip')}
        </a>
        <Header current={current} me={me} demo={demo} />
        <main id="main" tabIndex={-1} className="page">
          {children}
        </main>
        <footer className="foot">
          <p>{t.text('page.foot')}</p>
        </footer>
      </body>
    </html>
  );
};

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'%3E%3Crect width='24' height='24' rx='5' fill='%23123c57'/%3E%3Cpath d='M6 6h12M6 12h12M6 18h7' stroke='%23fff' stroke-width='2.6' stroke-linecap='round'/%3E%3C/svg%3E";

const Header = ({
  current,
  me,
  demo,
}: {
  readonly current: Path | undefined;
  readonly me: Me | undefined;
  readonly demo: boolean | undefined;
}) => {
  const t = useTexts();
  const own = me ? doors[me.role] : [];
  return (
    <header className="head">
      {demo ? <p className="ribbon">{t.text('page.demo')}</p> : null}
      <div className="head-row">
        <a className="brand" href={paths.start}>
          <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <rect width="24" height="24" rx="5" />
            <path d="M6 6.5h12M6 12h12M6 17.5h7" />
          </svg>
          {t.text('page.brand')}
        </a>
        {me ? (
          <form method="post" action={paths.signOut} className="who">
            <span>
              {t.text('page.signedInAs', {
                role: t.text(`role.${me.role}`),
                organisation: me.organisation?.name ?? 'none',
              })}
            </span>
            <button type="submit" className="button-quiet">
              {t.text('page.signOut')}
            </button>
          </form>
        ) : null}
      </div>
      <nav aria-label={t.text('nav.label')}>
        <ul className="nav">
          {[...own, { path: paths.check, text: 'nav.check' } as const].map(({ path, text }) => (
            <li key={path}>
              <a href={path} aria-current={path === current ? 'page' : undefined}>
                {t.text(text)}
              </a>
            </li>
          ))}
        </ul>
      </nav>
    </header>
  );
};
