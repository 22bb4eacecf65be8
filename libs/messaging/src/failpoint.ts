/** Called between two steps; tests stop the process or throw there. */
export type Failpoint = (name: FailpointName) => void | Promise<void>;
export type FailpointName =
  'relay.after-publish' | 'projection.after-handle' | 'intake.after-take' | 'intake.after-answer';

const never = new Promise<void>(() => undefined);

/**
 * Kills this process, as a power cut would, when it passes the point named by FAILPOINT: `name`, or
 * `name:n` for the nth time. For tests of what survives; without FAILPOINT it does nothing.
 */
export const failpointFrom = (setting: string | undefined): Failpoint => {
  const [point, count = '1'] = (setting ?? '').split(':');
  let left = Number(count);
  return (name) => {
    if (name !== point || --left > 0) return undefined;
    process.kill(process.pid, 'SIGKILL');
    return never;
  };
};
