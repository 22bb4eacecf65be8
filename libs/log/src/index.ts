export { type Context } from './context.js';
export { Journal, type NewFact } from './journal.js';
export { type Appended, type Head, Log, type NewEntry, type StoredEntry } from './log.js';
export { type Projection, ProjectionHandler, type Transaction } from './projection.js';
