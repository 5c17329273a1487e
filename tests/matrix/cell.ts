/** What became of one feature between a program's dialect and an endpoint's. */
export type Cell =
  /** It came through whole. */
  | { readonly state: 'kept' }
  /** The endpoint's dialect cannot carry it, and the receipt says so. */
  | { readonly state: 'lost'; readonly reason: string }
  /** One of the two dialects has no words for it. */
  | { readonly state: 'none'; readonly reason: string }
  /** A bug. */
  | { readonly state: 'wrong'; readonly reason: string };
