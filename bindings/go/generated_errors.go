// Code generated from the core's tables by `make bless`. DO NOT EDIT.

package alikassa

// InternalError: A panic inside the library, caught at its boundary. Please report it.
type InternalError struct{ *AliKassaError }

// Unwrap returns the error as the class above.
func (e *InternalError) Unwrap() error { return e.AliKassaError }

// ConfigurationError: Invalid settings: a base URL, a missing certificate, a closed client.
type ConfigurationError struct{ *AliKassaError }

// Unwrap returns the error as the class above.
func (e *ConfigurationError) Unwrap() error { return e.AliKassaError }

// KeyLoadError: A key file cannot be loaded.
//
// `reason` is `not_found`, `unreadable`, `not_pem`, `malformed`, `wrong_kind`, `needs_password`,
// `wrong_password`, `unsupported` or `too_small`.
type KeyLoadError struct{ *ConfigurationError }

// Unwrap returns the error as the class above.
func (e *KeyLoadError) Unwrap() error { return e.ConfigurationError }

// InvalidArgumentError: An argument is invalid; no request is made. `field` names it, `reason` says
// why.
type InvalidArgumentError struct{ *AliKassaError }

// Unwrap returns the error as the class above.
func (e *InvalidArgumentError) Unwrap() error { return e.AliKassaError }

// TransportError: The network failed. `phase` says how far the request got.
type TransportError struct{ *AliKassaError }

// Unwrap returns the error as the class above.
func (e *TransportError) Unwrap() error { return e.AliKassaError }

// DeadlineExceededError: The deadline passed during the call.
type DeadlineExceededError struct{ *AliKassaError }

// Unwrap returns the error as the class above.
func (e *DeadlineExceededError) Unwrap() error { return e.AliKassaError }

// CancelledError: The caller cancelled the call.
type CancelledError struct{ *AliKassaError }

// Unwrap returns the error as the class above.
func (e *CancelledError) Unwrap() error { return e.AliKassaError }

// APIError: An HTTP status other than 200 that has no kind of its own.
//
// `http_status`, `server_message`, `errors`, `body` and `retry_after` describe the response.
type APIError struct{ *AliKassaError }

// Unwrap returns the error as the class above.
func (e *APIError) Unwrap() error { return e.AliKassaError }

// ValidationError: HTTP 400 with `errors`: the provider refused fields.
type ValidationError struct{ *APIError }

// Unwrap returns the error as the class above.
func (e *ValidationError) Unwrap() error { return e.APIError }

// AuthenticationError: HTTP 401 or 403: the provider refused the signature, the account or the
// certificate.
type AuthenticationError struct{ *APIError }

// Unwrap returns the error as the class above.
func (e *AuthenticationError) Unwrap() error { return e.APIError }

// NotFoundError: HTTP 404, or 400 with a message that ends in "not found": the provider has no such
// order. It does not prove that the order was never created.
type NotFoundError struct{ *APIError }

// Unwrap returns the error as the class above.
func (e *NotFoundError) Unwrap() error { return e.APIError }

// RateLimitError: HTTP 429: too many requests. `retry_after` says how long to wait, if the provider
// sends it.
type RateLimitError struct{ *APIError }

// Unwrap returns the error as the class above.
func (e *RateLimitError) Unwrap() error { return e.APIError }

// ServerError: HTTP 5xx: the state cannot be determined.
type ServerError struct{ *APIError }

// Unwrap returns the error as the class above.
func (e *ServerError) Unwrap() error { return e.APIError }

// ProtocolError: HTTP 200 with an invalid response. It is HTML, truncated, too large, too deep, or
// about another order.
type ProtocolError struct{ *AliKassaError }

// Unwrap returns the error as the class above.
func (e *ProtocolError) Unwrap() error { return e.AliKassaError }

// OutcomeUnknownError: A create with an unknown outcome: the money may have moved. Never send it
// again, not with another `order_id` either; call `resolve`.
//
// `phase` says how far the request got: `send`, `receive` or `answer`. `cause` is the error that a
// read would have had.
type OutcomeUnknownError struct{ *AliKassaError }

// Unwrap returns the error as the class above.
func (e *OutcomeUnknownError) Unwrap() error { return e.AliKassaError }

// DuplicateOrderError: The ledger already has the order, as `previous`; nothing was sent.
// `same_body` is true if the same request was sent before.
//
// `outcome` speaks of that order: `created` if the provider has it, else `unknown`. It is never a
// reason to refund.
type DuplicateOrderError struct{ *AliKassaError }

// Unwrap returns the error as the class above.
func (e *DuplicateOrderError) Unwrap() error { return e.AliKassaError }

// LedgerError: The ledger cannot be read or written. A create is not sent without it. Whether an
// earlier call sent the order is then not known.
type LedgerError struct{ *AliKassaError }

// Unwrap returns the error as the class above.
func (e *LedgerError) Unwrap() error { return e.AliKassaError }

// NotificationError: A notification or redirect that cannot be trusted.
type NotificationError struct{ *AliKassaError }

// Unwrap returns the error as the class above.
func (e *NotificationError) Unwrap() error { return e.AliKassaError }

// SignatureMismatchError: Signature verification failed.
type SignatureMismatchError struct{ *NotificationError }

// Unwrap returns the error as the class above.
func (e *SignatureMismatchError) Unwrap() error { return e.NotificationError }

// MalformedNotificationError: A notification or redirect that cannot be read. It has a duplicate
// parameter, or a list in place of a value.
type MalformedNotificationError struct{ *NotificationError }

// Unwrap returns the error as the class above.
func (e *MalformedNotificationError) Unwrap() error { return e.NotificationError }

// AccountMismatchError: A notification that is validly signed but for a different account.
type AccountMismatchError struct{ *NotificationError }

// Unwrap returns the error as the class above.
func (e *AccountMismatchError) Unwrap() error { return e.NotificationError }

// GuardError: A limit of the client refused a create; nothing was sent.
//
// `reason` is the limit: `max_amount`, `max_per_day`, `max_count_per_day`, `allowed_services`,
// `allowed_numbers`; or `raw`, for a raw create that no limits are set for. `cause` says why the
// function of `allowed_numbers` failed, if it did.
type GuardError struct{ *AliKassaError }

// Unwrap returns the error as the class above.
func (e *GuardError) Unwrap() error { return e.AliKassaError }

// SigningError: The external signer of a key made no valid signature. The request was not sent.
//
// `reason` is `failed`, `timeout`, `wrong_type` or `wrong_signature`. `field` is the option of the
// key. An exception of the signer is the cause.
type SigningError struct{ *AliKassaError }

// Unwrap returns the error as the class above.
func (e *SigningError) Unwrap() error { return e.AliKassaError }

// classified returns the error as its class.
func classified(base *AliKassaError) error {
	switch base.Code {
	case CodeInternal:
		return &InternalError{base}
	case CodeConfiguration:
		return &ConfigurationError{base}
	case CodeKeyLoad:
		return &KeyLoadError{&ConfigurationError{base}}
	case CodeInvalidArgument:
		return &InvalidArgumentError{base}
	case CodeTransport:
		return &TransportError{base}
	case CodeDeadlineExceeded:
		return &DeadlineExceededError{base}
	case CodeCancelled:
		return &CancelledError{base}
	case CodeAPI:
		return &APIError{base}
	case CodeValidation:
		return &ValidationError{&APIError{base}}
	case CodeAuthentication:
		return &AuthenticationError{&APIError{base}}
	case CodeNotFound:
		return &NotFoundError{&APIError{base}}
	case CodeRateLimit:
		return &RateLimitError{&APIError{base}}
	case CodeServer:
		return &ServerError{&APIError{base}}
	case CodeProtocol:
		return &ProtocolError{base}
	case CodeOutcomeUnknown:
		return &OutcomeUnknownError{base}
	case CodeDuplicateOrder:
		return &DuplicateOrderError{base}
	case CodeLedger:
		return &LedgerError{base}
	case CodeNotification:
		return &NotificationError{base}
	case CodeSignatureMismatch:
		return &SignatureMismatchError{&NotificationError{base}}
	case CodeMalformedNotification:
		return &MalformedNotificationError{&NotificationError{base}}
	case CodeAccountMismatch:
		return &AccountMismatchError{&NotificationError{base}}
	case CodeGuard:
		return &GuardError{base}
	case CodeSigning:
		return &SigningError{base}
	}
	return base
}
