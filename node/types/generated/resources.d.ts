// Generated from the core's tables by `make bless`; do not edit.

import type {
  Account,
  Payments,
  Payouts,
} from './operations.js';

/** The operations of a client, by resource. */
export interface Resources {
  /** The calls about payments. */
  readonly payments: Payments;
  /** The calls about payouts. */
  readonly payouts: Payouts;
  /** The calls about the account. */
  readonly account: Account;
}
