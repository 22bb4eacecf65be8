const LENGTH_BYTES = 2;

/**
 * Entries one after the other, each after its length as a big-endian number of two bytes (C2SP
 * tlog-tiles). Throws for an entry of more than 65,535 bytes.
 */
export const encodeBundle = (entries: readonly Uint8Array[]): Buffer =>
  Buffer.concat(
    entries.flatMap((entry) => {
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt16BE(entry.length);
      return [length, entry];
    }),
  );

/** Reads such a bundle. Throws if it is cut short. */
export const decodeBundle = (bytes: Uint8Array): readonly Buffer[] => {
  const buffer = Buffer.from(bytes);
  const entries: Buffer[] = [];
  for (let at = 0; at < buffer.length;) {
    if (at + LENGTH_BYTES > buffer.length) throw new Error('the bundle is cut short');
    const end = at + LENGTH_BYTES + buffer.readUInt16BE(at);
    if (end > buffer.length) throw new Error('the bundle is cut short');
    entries.push(buffer.subarray(at + LENGTH_BYTES, end));
    at = end;
  }
  return entries;
};
