export { transparency } from './transparency.module.js';
export { type TransparencySettings } from './settings.js';
