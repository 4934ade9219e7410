/** An exact decimal amount: the digits as the provider sent them. */
export type Amount = string;

/**
 * A value that can be sent: numbers must be safe integers, bigints must fit 64 bits, and amounts
 * are strings. Objects put integer-like keys (`'1'`) first, regardless of the order in which they
 * were written; a Map keeps its order.
 */
export type BodyValue = null | boolean | number | bigint | string | readonly BodyValue[] | Body;

/** An object that can be sent. */
export type Body = { readonly [key: string]: BodyValue } | ReadonlyMap<string, BodyValue>;

/**
 * A JSON value of a response: integers that are not safe are bigints, all other numbers are strings
 * with their digits.
 */
export type AnswerValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | AnswerValue[]
  | { [key: string]: AnswerValue };

/** A field of a record in JSON. */
export type JsonField =
  | string
  | number
  | boolean
  | null
  | JsonField[]
  | { [field: string]: JsonField };

/** Bytes as an argument: a Buffer, a Uint8Array or another view, or an ArrayBuffer. */
export type BytesInput = ArrayBufferView | ArrayBuffer;

/** A Buffer; a Uint8Array in a project without @types/node. */
export type Bytes = typeof globalThis extends { Buffer: { alloc(size: number): infer B } }
  ? B
  : Uint8Array;

/**
 * Returns the canonical bytes of a request's body, which are signed and sent. Null is JSON's null,
 * and undefined is refused. The Buffer is from Node's pool, so its `buffer` holds more.
 *
 * Source: PHP's `json_encode`, which the provider's samples sign with.
 *
 * @throws {InvalidArgumentError} A value is invalid in a body. `field` is its path, `reason` is
 * `float`, `out_of_range`, `type`, `lone_surrogate`, `too_deep` (over 64 levels), `too_large` (over
 * 64 KiB) or `not_an_object`.
 */
export function canonicalJson(data: Body): Bytes;
