export { transfer } from './transfer.module.js';
