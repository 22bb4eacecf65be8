const WIDTH = 30;

/** A progress bar on a terminal; nothing where nobody watches. */
export const bar =
  (what: string, stream: NodeJS.WriteStream) =>
  (done: number, total: number): void => {
    if (!stream.isTTY || total === 0) return;
    const filled = Math.round((Math.min(done, total) / total) * WIDTH);
    const end = done >= total ? '\n' : '';
    stream.write(
      `\r[${'='.repeat(filled)}${' '.repeat(WIDTH - filled)}] ${done} of ${total} ${what}${end}`,
    );
  };
