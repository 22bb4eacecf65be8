import { type AddressInfo, createServer } from 'node:net';

/** A port of this machine that nobody from outside is to reach. Counts who connects to it. */
export const openOwnHost = async () => {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    close: () => {
      server.close();
    },
  };
};
