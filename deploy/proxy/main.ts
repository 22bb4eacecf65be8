import { z } from 'zod';
import { createProxy } from './proxy.js';

const env = z
  .object({
    HOST: z.string().default('127.0.0.1'),
    PORT: z.coerce.number().default(3000),
    RECORDER_URL: z.url(),
    ISSUER_URL: z.url(),
    EXCHANGE_URL: z.url(),
  })
  .parse(process.env);

const proxy = await createProxy({
  recorder: env.RECORDER_URL,
  issuer: env.ISSUER_URL,
  exchange: env.EXCHANGE_URL,
});
await proxy.listen({ port: env.PORT, host: env.HOST });
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void proxy.close().then(() => process.exit(0)));
