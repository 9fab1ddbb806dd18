/** Who is at the other end of a connection. */
export interface Identity {
  readonly userId: string;
  readonly name?: string;
  readonly roles: readonly string[];
  /** When the connection must have a new token, milliseconds since 1970; left out: never. */
  readonly expiresAt?: number;
  /** What the authenticator learned besides, for policies and guards. */
  readonly claims?: Readonly<Record<string, unknown>>;
}
