/**
 * The processor time this thread uses for some work, in milliseconds. What a test says of costs is
 * true of a busy machine, too: one that stands still for seconds makes nothing dearer.
 */
export const processorTime = (work: () => void): number => {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
};
