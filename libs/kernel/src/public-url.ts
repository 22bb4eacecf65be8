/**
 * The one origin under which people and machines reach the ledger, whatever process answers.
 * `did:web` identifiers, status lists and links are built from it.
 */
export class PublicUrl {
  readonly href: string;
  constructor(href: string) {
    this.href = href.replace(/\/+$/u, '');
  }

  /** An absolute address of ours. */
  to(path: string): string {
    return `${this.href}${path}`;
  }

  /** The DID of an issuer (did:web, "Create": host with %3A before the port, ":" for "/"). */
  issuerDid(issuerId: string): string {
    return `did:web:${encodeURIComponent(new URL(this.href).host)}:issuers:${issuerId}`;
  }

  get isSecure(): boolean {
    return this.href.startsWith('https:');
  }
}
