import Fastify from 'fastify';

/** The least an HTTP service does with an event: parses it and answers something of that size. */
const receipt = {
  eventId: `evt_${'0'.repeat(26)}`,
  log: 'recorder',
  seq: 0,
  leafHash: '0'.repeat(64),
  status: 'recorded',
};
const statementId = '00000000-0000-4000-8000-000000000000';
const app = Fastify();
// One parser for each, as ours.
app.removeAllContentTypeParsers();
app.addContentTypeParser('application/cloudevents+json', { parseAs: 'string' }, (_, text, done) => {
  done(null, JSON.parse(text.toString()));
});
app.post('/v1/events', (request) => ({
  results: request.body === null ? [] : [receipt],
}));
app.addContentTypeParser('application/json', { parseAs: 'string' }, (_, text, done) => {
  done(null, JSON.parse(text.toString()));
});
app.post('/xapi/statements', (request) => (request.body === null ? [] : [statementId]));
app.get('/health/ready', () => ({}));
await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) });
