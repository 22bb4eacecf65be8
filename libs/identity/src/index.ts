export { type Persona, PERSONAS } from './demo.controller.js';
export { identity } from './identity.module.js';
