import { rmSync } from 'node:fs';

export default async () => {
  const servers = globalThis.__servers;
  if (!servers) return;
  globalThis.__servers = undefined;
  await Promise.all([servers.postgres.stop(), servers.kafka?.stop()]);
  rmSync(servers.folder, { recursive: true, force: true });
};
