/** Why a document could not be loaded, canonicalised or signed. `code` is stable. */
export type VcErrorCode =
  | 'context-unknown'
  | 'context-changed'
  | 'document-unknown'
  | 'key-unsupported'
  | 'credential-malformed';

export class VcError extends Error {
  override readonly name = 'VcError';
  constructor(
    readonly code: VcErrorCode,
    readonly detail: string,
  ) {
    super(`${code}: ${detail}`);
  }
}
