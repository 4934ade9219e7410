// Code generated from the core's tables by `make bless`. DO NOT EDIT.

package alikassa

// PaymentStatus is the status of a payment or payout. A status that the provider adds later is kept
// as is.
type PaymentStatus string

// The known statuses of payments and payouts.
const (
	// In progress; not final.
	PaymentStatusWait PaymentStatus = "wait"
	// Paid; final.
	PaymentStatusPaid PaymentStatus = "paid"
	// Cancelled; final.
	PaymentStatusCancel PaymentStatus = "cancel"
	// Failed; final.
	PaymentStatusFail PaymentStatus = "fail"
)

// ClientEventKind says what happened in a call.
type ClientEventKind string

// The known words of ClientEventKind.
const (
	ClientEventKindCallStarted          ClientEventKind = "call_started"
	ClientEventKindAttemptStarted       ClientEventKind = "attempt_started"
	ClientEventKindAttemptEnded         ClientEventKind = "attempt_ended"
	ClientEventKindRetry                ClientEventKind = "retry"
	ClientEventKindDigestConfirmed      ClientEventKind = "digest_confirmed"
	ClientEventKindLedgerTransition     ClientEventKind = "ledger_transition"
	ClientEventKindOutcome              ClientEventKind = "outcome"
	ClientEventKindNotificationVerified ClientEventKind = "notification_verified"
	ClientEventKindNotificationRefused  ClientEventKind = "notification_refused"
)

// EventSource says what changed a row of the ledger.
type EventSource string

// The known words of EventSource.
const (
	EventSourceCall         EventSource = "call"
	EventSourceNotification EventSource = "notification"
	EventSourceReconcile    EventSource = "reconcile"
	EventSourceResolve      EventSource = "resolve"
	EventSourceRelease      EventSource = "release"
)

// IDSource says how the id in a row of the ledger is known.
type IDSource string

// The known words of IDSource.
const (
	IDSourceCreate IDSource = "create"
	IDSourceMatch  IDSource = "match"
)

// LedgerState is the state of a create in the ledger. Sending: it is in flight, or its process
// ended before the response was recorded. Accepted: the provider has the order. Rejected: the
// provider rejected the order. Not sent: no byte of the request was sent. Unknown: the provider may
// have carried it out. Released: the merchant decided that it may be sent again.
type LedgerState string

// The known words of LedgerState.
const (
	LedgerStateSending  LedgerState = "sending"
	LedgerStateAccepted LedgerState = "accepted"
	LedgerStateRejected LedgerState = "rejected"
	LedgerStateNotSent  LedgerState = "not_sent"
	LedgerStateUnknown  LedgerState = "unknown"
	LedgerStateReleased LedgerState = "released"
)

// MatchedBy says how the order of a resolution was matched: by the amount that was sent, or by the
// order id alone if no amount was known.
type MatchedBy string

// The known words of MatchedBy.
const (
	MatchedByAmount  MatchedBy = "amount"
	MatchedByOrderID MatchedBy = "order_id"
)

// Outcome is the outcome of a request. Not sent: this call sent no byte, so the same order id may
// be sent again through the same ledger; it is never a reason to refund, or to take a new order id.
// Rejected: the provider rejected it. Unknown: the provider may have carried it out, so never send
// it again. Created: an earlier call created the order; only a [DuplicateOrderError] has it.
type Outcome string

// The known words of Outcome.
const (
	OutcomeNotSent  Outcome = "not_sent"
	OutcomeRejected Outcome = "rejected"
	OutcomeUnknown  Outcome = "unknown"
	OutcomeCreated  Outcome = "created"
)

// Phase says how far a request got before the network failed. Only an [OutcomeUnknownError] has
// answer: the whole response arrived and does not say whether the create was carried out.
type Phase string

// The known words of Phase.
const (
	PhaseDns     Phase = "dns"
	PhaseConnect Phase = "connect"
	PhaseTLS     Phase = "tls"
	PhaseProxy   Phase = "proxy"
	PhaseSend    Phase = "send"
	PhaseReceive Phase = "receive"
	PhaseAnswer  Phase = "answer"
)

// Subject says what a notification is about. The provider can add a subject.
type Subject string

// The known words of Subject.
const (
	SubjectPayment Subject = "payment"
	SubjectPayout  Subject = "payout"
)

// Digest is the digest of a signature; [DigestAuto] is either.
type Digest string

// The known words of Digest.
const (
	DigestAuto   Digest = "auto"
	DigestSHA1   Digest = "sha1"
	DigestSHA256 Digest = "sha256"
)

// Roots are the certificate authorities to trust.
type Roots string

// The known words of Roots.
const (
	RootsBundled Roots = "bundled"
	RootsSystem  Roots = "system"
)

// ErrorCode is the code of a class of errors, the same in every language.
type ErrorCode string

// The codes of the classes of errors.
const (
	CodeInternal              ErrorCode = "internal"
	CodeConfiguration         ErrorCode = "configuration"
	CodeKeyLoad               ErrorCode = "key_load"
	CodeInvalidArgument       ErrorCode = "invalid_argument"
	CodeTransport             ErrorCode = "transport"
	CodeDeadlineExceeded      ErrorCode = "deadline_exceeded"
	CodeCancelled             ErrorCode = "cancelled"
	CodeAPI                   ErrorCode = "api"
	CodeValidation            ErrorCode = "validation"
	CodeAuthentication        ErrorCode = "authentication"
	CodeNotFound              ErrorCode = "not_found"
	CodeRateLimit             ErrorCode = "rate_limit"
	CodeServer                ErrorCode = "server"
	CodeProtocol              ErrorCode = "protocol"
	CodeOutcomeUnknown        ErrorCode = "outcome_unknown"
	CodeDuplicateOrder        ErrorCode = "duplicate_order"
	CodeLedger                ErrorCode = "ledger"
	CodeNotification          ErrorCode = "notification"
	CodeSignatureMismatch     ErrorCode = "signature_mismatch"
	CodeMalformedNotification ErrorCode = "malformed_notification"
	CodeAccountMismatch       ErrorCode = "account_mismatch"
	CodeGuard                 ErrorCode = "guard"
	CodeSigning               ErrorCode = "signing"
)

// The names of creates, for limits and for rows of the ledger.
const (
	PaymentsCreate = "payments.create"
	PayoutsCreate  = "payouts.create"
)
