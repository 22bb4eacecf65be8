export { type Actor } from './actor.js';
export { type Permission, permissions } from './permissions.js';
export { CurrentActor, PERMISSION, Requires } from './requires.js';
export { Tokens } from './tokens.js';
