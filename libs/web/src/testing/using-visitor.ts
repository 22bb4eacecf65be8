import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { type Visitor, visitor } from './visitor.js';

/** One visitor for all tests of a file; what was sent is forgotten after each. */
export const usingVisitor = (): (() => Visitor) => {
  let who: Visitor;
  beforeAll(async () => {
    who = await visitor();
  });
  afterAll(() => who.app.close());
  afterEach(() => who.forget());
  return () => who;
};
