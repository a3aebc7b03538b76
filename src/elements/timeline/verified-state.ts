/** What came of checking an event against the audit trail. */

/** Why nothing could be checked. */
export type Unavailable = 'unreachable' | 'mayNot' | 'missing' | 'unclear' | 'archived';

/** How far the check of an event has come. */
export type Verified =
  | { readonly state: 'checking' }
  | {
      readonly state: 'verified';
      /** Entries in the tree that it stands in. */
      readonly size: number;
      /** Name of the key. */
      readonly key: string;
      /** The page pins it. Else it came from the server itself. */
      readonly pinned: boolean;
    }
  /** The entry is so new that no signed tree has it. */
  | { readonly state: 'pending' }
  /** The proof does not hold, or what is shown is not what it proves. */
  | { readonly state: 'failed'; readonly reason?: string; readonly differs?: readonly string[] }
  | { readonly state: 'unavailable'; readonly why: Unavailable };
