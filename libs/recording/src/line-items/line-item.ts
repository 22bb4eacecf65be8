import { DomainError } from '#kernel';
import { unstorable } from '../content.js';
import { defined } from '../domain/defined.js';
import { compile } from '../json-schema.js';

/** What a provider says of a line item (AGS 2.0 §3.2): a column of its gradebook. */
export interface LineItemDefinition {
  readonly scoreMaximum: number;
  readonly label: string;
  readonly resourceId?: string;
  readonly resourceLinkId?: string;
  readonly tag?: string;
  readonly startDateTime?: string;
  readonly endDateTime?: string;
  readonly gradesReleased?: boolean;
}

/** The same with its address, which is also the id of the activity that scores are of. */
export interface LineItem extends LineItemDefinition {
  readonly id: string;
}

const name = { type: 'string', minLength: 1, maxLength: 1024 };
/** So long at most: the format alone takes any number of digits after the second. */
const time = { type: 'string', format: 'date-time', maxLength: 64 };
/** As it is sent. Other members are extensions (§3.2.13): they may be there and are left behind. */
export const lineItemSchema = {
  type: 'object',
  required: ['scoreMaximum', 'label'],
  properties: {
    id: { type: 'string', description: 'Its address, given by the ledger; where it is replaced.' },
    scoreMaximum: { type: 'number', exclusiveMinimum: 0 },
    label: { type: 'string', pattern: '\\S', maxLength: 4000 },
    resourceId: name,
    resourceLinkId: name,
    tag: name,
    startDateTime: time,
    endDateTime: time,
    gradesReleased: { type: 'boolean' },
  },
};
const check = compile(lineItemSchema);

/**
 * In: a parsed body, and the address of the line item if there is one already. Throws `invalid-input`
 * with pointers, also for an `id` that is not that address: a new one gets its own from us.
 */
export const readLineItem = (body: unknown, id?: string): LineItemDefinition => {
  const detail = unstorable(body);
  const issues = detail === undefined ? check(body) : [{ pointer: '#', detail }];
  if (issues.length > 0) throw new DomainError('invalid-input', undefined, issues);
  const sent = body as LineItemDefinition & { readonly id?: string };
  if (sent.id !== undefined && sent.id !== id)
    throw new DomainError('invalid-input', undefined, [
      {
        pointer: '#/id',
        detail: id === undefined ? 'The ledger gives it.' : 'Must be the address it is sent to.',
      },
    ]);
  const { scoreMaximum, label, resourceId, resourceLinkId, tag } = sent;
  const { startDateTime, endDateTime, gradesReleased } = sent;
  return defined({
    scoreMaximum,
    label,
    resourceId,
    resourceLinkId,
    tag,
    startDateTime,
    endDateTime,
    gradesReleased,
  });
};
