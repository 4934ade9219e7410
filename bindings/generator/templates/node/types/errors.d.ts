// Generated from the core's tables by `make bless`; do not edit.

import type { AliKassaError, Phase } from '../alikassa_error.js';
import type { LedgerRow } from './records.js';
import type { Bytes } from '../values.js';

/** The code of each class of errors, the same in every language. */
export type ErrorCode =
{% for error in tables.errors %}
  | '{{ error.code }}'{{ ";" if loop.last }}
{% endfor %}
{# What an error of the class always has, and its base may not have: the documentation, then the declaration. #}
{% set fields = {
    "KeyLoadError": [
        ["Why it was refused.", "reason:
    | 'not_found'
    | 'unreadable'
    | 'not_pem'
    | 'malformed'
    | 'wrong_kind'
    | 'needs_password'
    | 'wrong_password'
    | 'unsupported'
    | 'too_small'"],
    ],
    "InvalidArgumentError": [
        ["The path of the invalid field, such as `extra.items[2]`. An option has its documented name: `connect_timeout`.", "field: string"],
        ["Why it was refused, such as `float`.", "reason: string"],
    ],
    "TransportError": [
        ["How far the request got.", "phase: Phase"],
    ],
    "ApiError": [
        ["The HTTP status of the provider's response.", "http_status: number"],
        ["The provider's own message, with card numbers masked. It may have several lines and any length.", "server_message?: string"],
        ["The provider's messages by field, with card numbers masked; those without a field are under `''`.", "errors: { readonly [field: string]: string[] }"],
        ["The bytes of the provider's response as received, at most 1 MiB. They may contain a card number: do not log them.", "body: Bytes"],
        ["How many milliseconds the provider asks to wait before the next request.", "retry_after?: number"],
    ],
    "OutcomeUnknownError": [
        ["The create may have been carried out.", "outcome: 'unknown'"],
        ["How far the request got.", "phase: 'send' | 'receive' | 'answer'"],
        ["The HTTP status of the provider's response, if there was one.", "http_status?: number"],
        ["The error that a read would have had; a `CancelledError` if the signal was aborted.", "cause: AliKassaError"],
    ],
    "DuplicateOrderError": [
        ["The outcome of the order that the ledger has.", "outcome: 'unknown' | 'created'"],
        ["The ledger's row of the order.", "previous: LedgerRow"],
        ["Whether `previous` was sent with the same body, byte for byte.", "same_body: boolean"],
    ],
    "GuardError": [
        ["Nothing was sent.", "outcome: 'not_sent'"],
        ["The limit that refused the create.", "reason:
    | 'max_amount'
    | 'max_per_day'
    | 'max_count_per_day'
    | 'allowed_services'
    | 'allowed_numbers'
    | 'raw'"],
    ],
    "SigningError": [
        ["What the signer did.", "reason: 'failed' | 'timeout' | 'wrong_type' | 'wrong_signature'"],
        ["The option of the key; absent for `SigningKey.sign`.", "field?: 'paymentCert' | 'payoutCert'"],
    ],
} %}
{% for error in tables.errors %}

{{ error.doc | typescript_doc(0) }}
{% if fields[error.class] is defined %}
export class {{ error.class }} extends {{ error.parent }} {
{% for doc, declaration in fields[error.class] %}
  {{ doc | typescript_doc(2) }}
  readonly {{ declaration }};
{% endfor %}
}
{% else %}
export class {{ error.class }} extends {{ error.parent }} {}
{% endif %}
{% endfor %}
