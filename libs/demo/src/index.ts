export { ApiClient } from './client.js';
export { runDemo, welcome } from './run-demo.js';
