import { StandardSchemaValidationPipe } from '@nestjs/common';
import { DomainError, type Issue } from '#kernel';

/** An issue of Standard Schema, with what zod adds for a key that is not known. */
interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  readonly keys?: readonly string[];
}

const pointerTo = (path: SchemaIssue['path'] = []): string =>
  `#${path.map((part) => `/${escape(String(typeof part === 'object' ? part.key : part))}`).join('')}`;

/** RFC 6901 §3. */
const escape = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1');

/** Where the trouble is and what it is, in plain words and without what was sent. */
export const issuesOf = (issues: readonly SchemaIssue[]): readonly Issue[] =>
  issues.flatMap(({ message, path, keys }) => {
    if (keys)
      return keys.map((key) => ({
        pointer: pointerTo([...(path ?? []), key]),
        detail: 'This field is not known here. Check its name, or leave it out.',
      }));
    const isMissing = message.endsWith('received undefined');
    return [{ pointer: pointerTo(path), detail: isMissing ? 'This is missing.' : message }];
  });

/** Validates bodies, queries and parameters by the schema that the handler names. */
export const validation = new StandardSchemaValidationPipe({
  exceptionFactory: (issues) => new DomainError('invalid-input', undefined, issuesOf(issues)),
});
