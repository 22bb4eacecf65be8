import { type Answer, PUBLIC_URL, type StartService } from './running-recorder.js';
import { usingSender } from './sender.js';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Where the line items of a course are. */
export const LIST = '/lti/ags/course-7/lineitems';

/** Where an address of the ledger leads, as a request has it. */
export const pathOf = (address: string): string => address.slice(PUBLIC_URL.length);

/** The addresses of the line items of a page. */
export const idsOf = (text: string): string[] =>
  (JSON.parse(text) as { readonly id: string }[]).map(({ id }) => id);

/** A line item; each part can be said otherwise, undefined leaves it out. */
const quiz = (part: object = {}): Record<string, unknown> => ({
  label: 'Chapter 5 Test',
  scoreMaximum: 60,
  ...part,
});

/** A client with a gradebook, as LTI AGS has it, for all tests of a file. */
export const usingGradebook = (startService: StartService) => {
  const sender = usingSender(startService);
  const ask = (
    method: Method,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> =>
    sender.recorder().send(method, path, body, {
      authorization: sender.bearer(),
      ...(body === undefined ? {} : { 'content-type': 'application/vnd.ims.lis.v2.lineitem+json' }),
      ...headers,
    });
  return {
    ...sender,
    quiz,
    ask,
    /** The address of a new line item. */
    create: async (part: object = {}): Promise<string> => {
      const { status, text, json } = await ask('POST', LIST, quiz(part));
      if (status !== 201) throw new Error(`${status} ${text}`);
      return String(json['id']);
    },
  };
};
