export { isAway } from './away.js';
export { Bell } from './bell.js';
export { Clock, SystemClock } from './clock.js';
export { type Decider, type DomainEvent, fold } from './decider.js';
export {
  ConcurrencyError,
  DomainError,
  IntakeConflictError,
  type Issue,
  RateLimitError,
  UnavailableError,
} from './errors.js';
export { type Failpoint, failpoint } from './failpoint.js';
export { Gathering } from './gathering.js';
export { base32, type IdPrefix, newAlias, newId, randomOctets } from './id.js';
export { placeOf } from './place-of.js';
export { PublicUrl } from './public-url.js';
export { sameMoment } from './same-moment.js';
