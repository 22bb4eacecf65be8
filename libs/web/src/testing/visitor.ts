import { servePages } from './serve-pages.js';

/** What a browser says of itself when somebody follows a link or sends a form on our pages. */
export const BROWSER = {
  accept: 'text/html,application/xhtml+xml',
  'sec-fetch-site': 'same-origin',
};

type Headers = Readonly<Record<string, string>>;

/** Somebody with a browser. The session they send is the name of a role. */
export const visitor = async () => {
  const { app, api } = await servePages();
  const as = (role: string | undefined) => (role ? { cookie: `session=${role}` } : {});
  return {
    app,
    api,
    get: (url: string, role?: string, headers: Headers = {}) =>
      app.inject({ method: 'GET', url, headers: { ...BROWSER, ...as(role), ...headers } }),
    post: (url: string, fields: Headers | string, role?: string, headers: Headers = {}) =>
      app.inject({
        method: 'POST',
        url,
        headers: {
          ...BROWSER,
          ...as(role),
          'content-type': 'application/x-www-form-urlencoded',
          ...headers,
        },
        payload: typeof fields === 'string' ? fields : new URLSearchParams(fields).toString(),
      }),
    /** What the API was told to do. */
    orders: () =>
      api.sent
        .filter(({ method }) => method !== 'GET')
        .map(({ method, path }) => `${method} ${path}`),
    forget: () => {
      api.sent.length = 0;
      api.problem = undefined;
    },
  };
};
export type Visitor = Awaited<ReturnType<typeof visitor>>;
