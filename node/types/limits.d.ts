/** The name of a create. */
export type CreateName = 'payments.create' | 'payouts.create';

/**
 * What creates of an operation may be sent, for the option `limits` of a client.
 *
 * A create that a limit refuses is a `GuardError`, and nothing is sent. An order that the ledger has
 * is a `DuplicateOrderError`, whatever the limits say.
 */
export interface Limits {
  /** The largest amount of one create, such as `'5000.00'`. */
  maxAmount?: string | number | null | undefined;
  /**
   * The largest sum of the creates of a day. It needs a ledger.
   *
   * A day counts every attempt that was or may have been carried out, on the day on which it began,
   * whoever sent it: not those that were rejected or not sent.
   */
  maxPerDay?: string | number | null | undefined;
  /** The largest number of creates of a day, counted as for `maxPerDay`. */
  maxCountPerDay?: number | null | undefined;
  /**
   * The zone of the days: an offset such as `+03:00`, or a name such as `Europe/Moscow`, which needs
   * the system's tzdata. The default is `UTC`.
   */
  zone?: string | null | undefined;
  /** The services that may be used. */
  allowedServices?: readonly string[] | null | undefined;
  /**
   * The accounts, cards and phones that may be paid to, or a function that decides.
   *
   * The function runs on the event loop, before the call starts, and returns true or false at once.
   * If it throws or returns something else, the create is refused.
   */
  allowedNumbers?: readonly string[] | ((number: string) => boolean) | null | undefined;
}
