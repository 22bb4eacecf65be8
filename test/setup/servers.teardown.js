import { rmSync } from 'node:fs';

/** Stops what servers.js started, and only that. */
const teardown = async () => {
  const servers = globalThis.ledgerTestServers ?? {};
  globalThis.ledgerTestServers = {};
  for (const starting of Object.values(servers)) {
    const server = await starting;
    if (server === undefined) continue;
    await server.stop();
    for (const folder of server.folders) rmSync(folder, { recursive: true, force: true });
  }
};
export default teardown;
