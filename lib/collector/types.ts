/** A collector token as the screen shows it; the token itself is not kept. */
export type CollectorTokenItem = {
  readonly id: string;
  readonly name: string;
  readonly isEnabled: boolean;
  readonly isAckEnabled: boolean;
  readonly isQueryAllowed: boolean;
  readonly source: string | null;
  readonly sourcetype: string | null;
  readonly index: string | null;
  readonly host: string | null;
  readonly createdAt: string;
};
