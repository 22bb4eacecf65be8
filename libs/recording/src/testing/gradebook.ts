import type { Answer, StartService } from './running-recorder.js';
import { usingSender } from './sender.js';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

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
      const { status, text, json } = await ask('POST', '/lti/ags/course-7/lineitems', quiz(part));
      if (status !== 201) throw new Error(`${status} ${text}`);
      return String(json['id']);
    },
  };
};
