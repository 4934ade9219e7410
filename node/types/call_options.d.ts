import type { Amount } from './values.js';

/** The options of every call. */
export interface CallOptions {
  /**
   * Cancels the call. A request that is not sent yet is never sent. The response to a read in
   * flight is dropped. A create in flight continues, see `create`.
   */
  signal?: Signal | null | undefined;
  /** Milliseconds for one attempt, if different from the client's. */
  timeout?: number | null | undefined;
  /** Milliseconds for the whole call, if different from the client's. */
  deadline?: number | null | undefined;
}

/** The options of a create that is sent. */
export interface CreateOptions extends CallOptions {
  /** See {@link DryRunOptions}. */
  dryRun?: false | null | undefined;
}

/** The options of a create that is not sent. */
export interface DryRunOptions extends CallOptions {
  /**
   * Checks and signs the create, and returns what would be sent and whether the ledger or a limit
   * would refuse it. Nothing is sent or recorded.
   */
  dryRun: true;
}

/** The options of `resolve`. */
export interface ResolveOptions extends CallOptions {
  /** The amount that was sent, if no ledger has it. */
  amount?: Amount | null | undefined;
}

/** The options of `wait`. */
export interface WaitOptions<T> extends CallOptions {
  /** Milliseconds between two requests, 10 to 86400000. The default is 2000. */
  interval?: number | null | undefined;
  /**
   * Called with each status, including the last one, before the promise resolves. Its result is not
   * awaited. If it throws, the wait ends and the promise rejects with that error.
   */
  onUpdate?: ((status: T) => void) | null | undefined;
}

/** The options of `iterReconcile`. `timeout` and `deadline` are for each row, `signal` for all. */
export interface BatchOptions extends CallOptions {
  /**
   * The maximum number of concurrent requests, 1 to 4096; the client's `maxConnections` limits it
   * further. The default is 16.
   */
  concurrency?: number | null | undefined;
  /**
   * The maximum number of orders or rows per second, 0.001 to 1000000; unlimited by default.
   */
  rate?: number | null | undefined;
}

/**
 * The options of `statuses` and `reconcile`. `timeout` and `deadline` are for each order or row,
 * `signal` for all.
 */
export interface ProgressOptions extends BatchOptions {
  /**
   * Called after each result, before it is yielded, with two counts: the results so far, and those
   * with an error. Its result is not awaited. If it throws, nothing else is requested, and that
   * error is thrown.
   */
  onProgress?: ((done: number, failed: number) => void) | null | undefined;
}

/** The options of a raw request. */
export interface RequestOptions extends CreateOptions {
  /** The certificate that signs the request. */
  cert: 'payment' | 'payout';
  /**
   * Whether the request only reads, so that it may be retried after a transient error. The default
   * is `false`.
   */
  read?: boolean | null | undefined;
}

/** An AbortSignal. */
export interface Signal {
  /** Whether it is aborted. */
  readonly aborted: boolean;
  /** Why; the `cause` of the `CancelledError`. */
  readonly reason?: unknown;
  /** Adds a listener. */
  addEventListener(type: 'abort', listener: () => void): void;
  /** Removes a listener. */
  removeEventListener(type: 'abort', listener: () => void): void;
}
