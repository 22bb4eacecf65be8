/** The part of a reply that handlers need here. */
export interface Reply {
  header(name: string, value: string): unknown;
}
