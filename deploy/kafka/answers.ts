import { connect, createServer } from 'node:net';

const ANSWER_MS = 2_000;

/** ApiVersions (key 18) in version 0, correlation id 1, no client id: every broker answers it. */
const API_VERSIONS = Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff]);

/** True if a Kafka broker answers there. An open port alone says too little: it opens early. */
export const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(API_VERSIONS));
    const settle = (isThere: boolean) => () => {
      socket.destroy();
      resolve(isThere);
    };
    socket.setTimeout(ANSWER_MS, settle(false));
    socket.once('data', settle(true));
    socket.once('error', settle(false));
    socket.once('end', settle(false));
  });

/** The port if it can be listened on; 0 stands for any. Throws if it is taken. */
export const freePort = (wanted = 0): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(wanted, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address
          ? resolve(address.port)
          : reject(new Error('no port')),
      );
    });
  });
