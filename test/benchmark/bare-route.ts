import Fastify from 'fastify';

/** The least an HTTP service does with an event: parses it and answers something of that size. */
const receipt = {
  eventId: `evt_${'0'.repeat(26)}`,
  log: 'recorder',
  seq: 0,
  leafHash: '0'.repeat(64),
  status: 'recorded',
};
const app = Fastify();
app.addContentTypeParser('application/cloudevents+json', { parseAs: 'string' }, (_, text, done) => {
  done(null, JSON.parse(text.toString()));
});
app.post('/v1/events', (request) => ({
  results: request.body === null ? [] : [receipt],
}));
app.get('/health/ready', () => ({}));
await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) });
