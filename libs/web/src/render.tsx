import { renderToStaticMarkup } from 'react-dom/server';
import { Document, type DocumentProps } from './components/document.js';
import { type Texts, TextsContext } from './texts.js';

/**
 * A whole page as HTML. React escapes everything that is put into it, so what learners and
 * providers typed stays text.
 */
export const renderPage = (texts: Texts, props: DocumentProps): string =>
  `<!doctype html>${renderToStaticMarkup(
    <TextsContext value={texts}>
      <Document {...props} />
    </TextsContext>,
  )}`;

/**
 * What a page may do: load our stylesheet, send forms to us, and nothing else; no script at all
 * (but for the one page below).
 * `same-origin` keeps addresses (a share link is a secret) from other sites and still lets old
 * browsers name the origin of a form, which `no-referrer` would turn into "null".
 */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self' data:",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; '),
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  vary: 'Cookie, Accept',
} as const;

/** The same for a page with a script of ours, which may ask us for more and nobody else. */
export const SCRIPTED_PAGE_HEADERS = {
  ...PAGE_HEADERS,
  'content-security-policy': `${PAGE_HEADERS['content-security-policy']}; script-src 'self'; connect-src 'self'`,
} as const;
