// The bases of the records. The package does not export them.

import type { Digest } from './keys.js';
import type { Support } from './support.js';
import type { AnswerValue, Bytes, JsonField } from './values.js';

/** An object with fields of the provider. */
export class FieldRecord {
  protected constructor();

  /** The fields, for JSON, without `raw`; an amount is a text, and a bigint becomes one. */
  toJSON(): { [field: string]: JsonField };
}

/** A row of the ledger. */
export class RowRecord extends FieldRecord {
  /** The fields, for JSON; a bigint becomes a string. */
  toJSON(): { [field: string]: string | number | null };
}

/** A part of a response. */
export class PartRecord extends FieldRecord {
  /** Fields that this library does not know. */
  readonly other: { readonly [key: string]: AnswerValue };
}

/** A response of the provider. */
export class ResponseRecord extends PartRecord {
  /** The bytes of the response. */
  readonly raw: Bytes;
  /** What was sent and received, for the provider's support; null for a dry run, which sends nothing. */
  get support(): Support | null;
}

/** A verified notification or redirect. */
export class SignedRecord extends FieldRecord {
  /** The digest of the signature. */
  readonly digest: Digest;
  /** The unsigned fields: anybody can have written them. */
  readonly unsigned: { readonly [key: string]: AnswerValue };
  /** The signed text. */
  readonly raw: Bytes;
}
