export { web } from './web.module.js';
