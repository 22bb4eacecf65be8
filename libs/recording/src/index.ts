export { intakeSchema } from './intake-schema.js';
export { recording } from './recording.module.js';
