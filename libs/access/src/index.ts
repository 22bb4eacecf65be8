export { type Actor } from './actor.js';
export { authorise, permit } from './authorise.js';
export { accessTokenJwk, accessTokenKey, JwtTokens, signAccessToken } from './jwt-tokens.js';
export { type Permission } from './permissions.js';
export { CurrentActor, PERMISSION, Requires } from './requires.js';
export { Tokens } from './tokens.js';
