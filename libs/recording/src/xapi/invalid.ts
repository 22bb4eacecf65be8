import { DomainError } from '#kernel';

/** The refusal of one thing in the input: what it should be, and where it stands if in the body. */
export const invalid = (detail: string, pointer = '#'): DomainError =>
  new DomainError('invalid-input', pointer === '#' ? detail : undefined, [{ pointer, detail }]);
