export { recognition } from './recognition.module.js';
