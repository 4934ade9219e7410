// Code generated from the core's tables by `make bless`. DO NOT EDIT.

package alikassa

// CreatedPayment is the response to `payments.create`.
//
// Send the payer to `url`, or show the requisites: services whose code ends in `_card` return those
// instead. The status is `wait` at first. Poll it, or wait for the notification. The requisites are
// known from integrations only; the provider does not document them.
//
// Source: the pages of the payment methods.
type CreatedPayment struct {
	Response

	// The payer's link.
	URL *string `json:"url"`

	// The status, `wait` at first.
	PaymentStatus PaymentStatus `json:"payment_status"`

	// AliKassa's id of the payment.
	ID int64 `json:"id"`

	// The merchant's id of the order; that of the request if the response has none.
	OrderID *string `json:"order_id"`

	// The requested amount.
	Amount Amount `json:"amount"`

	// The payment's UUID. Redirects of the payment contain it.
	UUID *string `json:"uuid"`

	// Where the payer is sent after success.
	SuccessRedirectURL *string `json:"success_redirect_url"`

	// The card, account or phone number to pay to: personal data.
	CardNumber *string `json:"cardNumber"`

	// The holder's name: personal data.
	CardHolderName *string `json:"cardHolderName"`

	// The bank's name.
	Bank *string `json:"bank"`

	// Whether the status can no longer change. A status that this library does not know is not
	// final.
	IsFinal bool `json:"is_final"`
}

// String returns the fields that logs may show.
func (r CreatedPayment) String() string {
	return loggable("CreatedPayment", "id", r.ID, "order_id", r.OrderID, "payment_status", r.PaymentStatus, "amount", r.Amount)
}

// GoString returns the fields that logs may show.
func (r CreatedPayment) GoString() string { return r.String() }

// Payment is a payment (pay-in), as `v1/payment/status` reports it.
//
// Amounts are exact decimals in `currency`. They have no value when the provider sends null, an
// empty text or nothing. Credit `payment_amount`, not `amount`: a payment can be partial.
//
// Source: the payment status page.
type Payment struct {
	Response

	// The payer's link.
	URL *string `json:"url"`

	// The result of the anti-fraud check.
	AntiFraud *bool `json:"antiFraud"`

	// The status: `wait`, `paid`, `cancel`, `fail`, or one added later.
	PaymentStatus PaymentStatus `json:"payment_status"`

	// AliKassa's id of the payment.
	ID *int64 `json:"id"`

	// The merchant's id of the order.
	OrderID *string `json:"order_id"`

	// The requested amount.
	Amount Amount `json:"amount"`

	// The paid amount; credit this one.
	PaymentAmount Amount `json:"payment_amount"`

	// Whether the paid amount differs from the requested amount.
	IsPartialPayment *bool `json:"is_partial_payment"`

	// The amount on hold.
	HoldAmount Amount `json:"hold_amount"`

	// When the hold is released to the balance, as sent; its format and time zone are undocumented.
	HoldAt *string `json:"hold_at"`

	// The amount credited to the account.
	AccountPaymentAmount Amount `json:"account_payment_amount"`

	// The provider's fee.
	CommissionAmount Amount `json:"commission_amount"`

	// The ISO 4217 code of the currency.
	Currency *string `json:"currency"`

	// The service's code, such as `payment_card_eur_card`.
	ServiceCode *string `json:"service_code"`

	// The account's balance before the payment.
	AccountOldBalance Amount `json:"account_old_balance"`

	// The account's balance after the payment.
	AccountNewBalance Amount `json:"account_new_balance"`

	// The network of a crypto payment.
	CryptoNetwork *string `json:"crypto_network"`

	// The transaction of a crypto payment.
	CryptoTxid *string `json:"crypto_txid"`

	// The payer's phone.
	CustomerPhone *string `json:"customer_phone"`

	// The payer's card, masked.
	CustomerCardNumber *string `json:"customer_card_number"`

	// Why the payment failed.
	PaymentErrorMessage *string `json:"payment_error_message"`

	// The unmasked card number, when supplied: personal data.
	CardNumber *string `json:"card_number"`

	// The card holder's name.
	CardHolderName *string `json:"card_holder_name"`

	// The bank's name.
	Bank *string `json:"bank"`

	// The bank's BIK.
	BikBank *string `json:"bik_bank"`

	// The payer's card, masked; only the older form of the response contains it.
	CardMask *string `json:"card_mask"`

	// Whether the status can no longer change. A status that this library does not know is not
	// final.
	IsFinal bool `json:"is_final"`
}

// String returns the fields that logs may show.
func (r Payment) String() string {
	return loggable("Payment", "id", r.ID, "order_id", r.OrderID, "payment_status", r.PaymentStatus, "amount", r.Amount)
}

// GoString returns the fields that logs may show.
func (r Payment) GoString() string { return r.String() }

// HistoryPayment is a payment in the history.
type HistoryPayment struct {
	Part

	// When the payment was created, as sent; its time zone is undocumented.
	CreatedAt *string `json:"created_at"`

	// AliKassa's id of the payment.
	ID int64 `json:"id"`

	// The merchant's id of the order.
	OrderID *string `json:"order_id"`

	// The requested amount.
	Amount Amount `json:"amount"`

	// The provider's fee; none when the payment failed.
	CommissionAmount Amount `json:"commission_amount"`

	// The ISO 4217 code of the currency.
	Currency *string `json:"currency"`

	// The status; other records call it `payment_status`.
	Status PaymentStatus `json:"status"`
}

// String returns the fields that logs may show.
func (r HistoryPayment) String() string {
	return loggable("HistoryPayment", "id", r.ID, "order_id", r.OrderID, "status", r.Status, "amount", r.Amount, "currency", r.Currency, "created_at", r.CreatedAt)
}

// GoString returns the fields that logs may show.
func (r HistoryPayment) GoString() string { return r.String() }

// HistoryMeta is the position of a page in the history.
type HistoryMeta struct {
	Part

	// The number of this page, from 1.
	CurrentPage *int64 `json:"current_page"`

	// The number of the page's first payment, from 1.
	From *int64 `json:"from"`

	// The number of the last page.
	LastPage *int64 `json:"last_page"`

	// The provider's own address of the history.
	Path *string `json:"path"`

	// How many payments a page has.
	PerPage *int64 `json:"per_page"`

	// The number of the page's last payment.
	To *int64 `json:"to"`

	// How many payments there are.
	Total *int64 `json:"total"`
}

// String returns the fields that logs may show.
func (r HistoryMeta) String() string {
	return loggable("HistoryMeta", "current_page", r.CurrentPage, "last_page", r.LastPage, "per_page", r.PerPage, "total", r.Total)
}

// GoString returns the fields that logs may show.
func (r HistoryMeta) GoString() string { return r.String() }

// History is a page of the history of payments, as `v1/payment/history` reports it.
//
// The provider documents some fields of `meta` only.
//
// Source: the payment history page.
type History struct {
	Response

	// The payments of the page.
	Data []HistoryPayment `json:"data"`

	// The position of the page in the history.
	Meta *HistoryMeta `json:"meta"`
}

// String returns the fields that logs may show.
func (r History) String() string {
	return loggable("History", "data", r.Data, "meta", r.Meta)
}

// GoString returns the fields that logs may show.
func (r History) GoString() string { return r.String() }

// CreatedPayout is the response to `payouts.create`.
//
// The status is `wait` at first. Poll it, or wait for the notification.
//
// Source: the payout creation page.
type CreatedPayout struct {
	Response

	// The status, `wait` at first.
	PaymentStatus PaymentStatus `json:"payment_status"`

	// AliKassa's id of the payout.
	ID int64 `json:"id"`

	// The merchant's id of the order; that of the request if the response has none.
	OrderID *string `json:"order_id"`

	// The requested amount.
	Amount Amount `json:"amount"`

	// Whether the status can no longer change. A status that this library does not know is not
	// final.
	IsFinal bool `json:"is_final"`
}

// String returns the fields that logs may show.
func (r CreatedPayout) String() string {
	return loggable("CreatedPayout", "id", r.ID, "order_id", r.OrderID, "payment_status", r.PaymentStatus, "amount", r.Amount)
}

// GoString returns the fields that logs may show.
func (r CreatedPayout) GoString() string { return r.String() }

// Payout is a payout, as `v1/payout/status` reports it.
//
// Amounts are exact decimals. They have no value when the provider sends null, an empty text or
// nothing. An HTTP status other than 200 does not mean that the payout failed.
//
// Source: the payout status page.
type Payout struct {
	Response

	// The status: `wait`, `paid`, `cancel`, `fail`, or one added later.
	PaymentStatus PaymentStatus `json:"payment_status"`

	// AliKassa's id of the payout.
	ID *int64 `json:"id"`

	// The merchant's id of the order.
	OrderID *string `json:"order_id"`

	// The requested amount.
	Amount Amount `json:"amount"`

	// The amount that was paid out.
	PaymentAmount Amount `json:"payment_amount"`

	// Whether less than the requested amount was paid out.
	IsPartialPayment *bool `json:"is_partial_payment"`

	// The amount charged to the account.
	AccountPaymentAmount Amount `json:"account_payment_amount"`

	// The provider's fee.
	CommissionAmount Amount `json:"commission_amount"`

	// The service's code, such as `payment_card_rub`.
	ServiceCode *string `json:"service_code"`

	// The bank's retrieval reference number.
	RRN *string `json:"rrn"`

	// The account's balance before the payout.
	AccountOldBalance Amount `json:"account_old_balance"`

	// The account's balance after the payout.
	AccountNewBalance Amount `json:"account_new_balance"`

	// The recipient's card, masked.
	CardMask *string `json:"card_mask"`

	// Whether the status can no longer change. A status that this library does not know is not
	// final.
	IsFinal bool `json:"is_final"`
}

// String returns the fields that logs may show.
func (r Payout) String() string {
	return loggable("Payout", "id", r.ID, "order_id", r.OrderID, "payment_status", r.PaymentStatus, "amount", r.Amount)
}

// GoString returns the fields that logs may show.
func (r Payout) GoString() string { return r.String() }

// Balance is the account's balance, as `v1/account/balance` reports it.
//
// Amounts are exact decimals in `currency`.
//
// Source: the account balance page.
type Balance struct {
	Response

	// The ISO 4217 code of the account's currency.
	Currency *string `json:"currency"`

	// The available balance.
	Balance Amount `json:"balance"`

	// The amount on hold.
	Hold Amount `json:"hold"`

	// The rolling reserve.
	RollingReserve Amount `json:"rolling_reserve"`

	// The sum of the payouts that are not final.
	PendingPayouts Amount `json:"pending_payouts"`
}

// String returns the fields that logs may show.
func (r Balance) String() string {
	return loggable("Balance", "currency", r.Currency, "balance", r.Balance)
}

// GoString returns the fields that logs may show.
func (r Balance) GoString() string { return r.String() }

// AccountMethod is a service of the account.
type AccountMethod struct {
	Part

	// The method, such as `payment_card`.
	Method *string `json:"method"`

	// The ISO 4217 code of the currency.
	Currency *string `json:"currency"`

	// The service's code, such as `payment_card_rub_hpp`.
	ServiceCode *string `json:"service_code"`

	// The service's state, such as `active`.
	Status *string `json:"status"`
}

// String returns the fields that logs may show.
func (r AccountMethod) String() string {
	return loggable("AccountMethod", "method", r.Method, "currency", r.Currency, "service_code", r.ServiceCode, "status", r.Status)
}

// GoString returns the fields that logs may show.
func (r AccountMethod) GoString() string { return r.String() }

// AccountInfo is the account's permissions and services, as `v1/account/info` reports them.
//
// Source: the account information page, which exists in the older documentation only.
type AccountInfo struct {
	Response

	// Whether payments are allowed.
	IsAllowedPayment *bool `json:"is_allowed_payment"`

	// Whether payouts are allowed.
	IsAllowedPayout *bool `json:"is_allowed_payout"`

	// The services for payments.
	Payments []AccountMethod `json:"payments"`

	// The services for payouts.
	Payouts []AccountMethod `json:"payouts"`
}

// String returns the fields that logs may show.
func (r AccountInfo) String() string {
	return loggable("AccountInfo", "is_allowed_payment", r.IsAllowedPayment, "is_allowed_payout", r.IsAllowedPayout, "payments", r.Payments, "payouts", r.Payouts)
}

// GoString returns the fields that logs may show.
func (r AccountInfo) GoString() string { return r.String() }

// Notification is a notification whose signature and account are verified.
//
// Its fields are the signed fields only. All others are in `unsigned`: do not trust them. The
// provider may send a notification again, late, or out of order: use the ledger's `note` to find
// out, and request the status before you credit anything.
//
// Source: the notification signature page.
type Notification struct {
	Signed

	// The signed form, such as `f11-default`: the number of fields, and their encoding.
	Variant string `json:"variant"`

	// The subject: `payment`, `payout`, or one added later.
	Type Subject `json:"type"`

	// AliKassa's id of the payment or payout.
	ID *int64 `json:"id"`

	// The merchant's id of the order.
	OrderID *string `json:"order_id"`

	// The status: `wait`, `paid`, `cancel`, `fail`, or one added later.
	PaymentStatus PaymentStatus `json:"payment_status"`

	// The requested amount.
	Amount Amount `json:"amount"`

	// The paid amount; credit this one.
	PaymentAmount Amount `json:"payment_amount"`

	// The provider's fee.
	CommissionAmount Amount `json:"commission_amount"`

	// Whether the paid amount differs from the requested amount.
	IsPartialPayment *bool `json:"is_partial_payment"`

	// The account's UUID.
	Account *string `json:"account"`

	// The service's code.
	Service *string `json:"service"`

	// The description.
	Desc *string `json:"desc"`

	// The brand of the payer's card.
	CardBrand *string `json:"card_brand"`

	// Whether the status can no longer change. A status that this library does not know is not
	// final.
	IsFinal bool `json:"is_final"`
}

// String returns the fields that logs may show.
func (r Notification) String() string {
	return loggable("Notification", "type", r.Type, "id", r.ID, "order_id", r.OrderID, "payment_status", r.PaymentStatus, "amount", r.Amount)
}

// GoString returns the fields that logs may show.
func (r Notification) GoString() string { return r.String() }

// Redirect is a redirect whose signature is verified: the payer came back from this payment.
//
// It says nothing about the status: request it.
//
// Source: the redirect signature page.
type Redirect struct {
	Signed

	// The merchant's id of the order.
	OrderID string `json:"order_id"`

	// The payment's UUID.
	UUID string `json:"uuid"`
}

// String returns the fields that logs may show.
func (r Redirect) String() string {
	return loggable("Redirect", "order_id", r.OrderID)
}

// GoString returns the fields that logs may show.
func (r Redirect) GoString() string { return r.String() }

// LedgerRow is a create in the ledger.
type LedgerRow struct {
	// The account's UUID.
	Account string `json:"account"`

	// `payments.create`, `payouts.create`, or the path of a raw request.
	Operation string `json:"operation"`

	// The merchant's id of the order.
	OrderID string `json:"order_id"`

	// The state: `sending`, `accepted`, `rejected`, `not_sent`, `unknown` or `released`.
	State LedgerState `json:"state"`

	// The amount that was sent.
	Amount Amount `json:"amount"`

	// The service's code.
	Service *string `json:"service"`

	// AliKassa's id, once it is known.
	ID *int64 `json:"id"`

	// How `id` is known: `create` from the response to the create, `match` from a status or
	// notification with the same `order_id` and amount.
	IDSource IDSource `json:"id_source"`

	// The last known status.
	PaymentStatus PaymentStatus `json:"payment_status"`

	// The merchant's reason for releasing the order.
	Reason *string `json:"reason"`

	// When the row was created, in milliseconds since 1970.
	CreatedMs int64 `json:"created_ms"`

	// When the row was last changed, in milliseconds since 1970.
	UpdatedMs int64 `json:"updated_ms"`
}

// String returns the fields that logs may show.
func (r LedgerRow) String() string {
	return loggable("LedgerRow", "operation", r.Operation, "order_id", r.OrderID, "state", r.State, "id", r.ID, "payment_status", r.PaymentStatus, "amount", r.Amount)
}

// GoString returns the fields that logs may show.
func (r LedgerRow) GoString() string { return r.String() }

// LedgerEvent is a change of a row of the ledger. Events are only added, never changed.
type LedgerEvent struct {
	// When it happened, in milliseconds since 1970.
	TimeMs int64 `json:"time_ms"`

	// The account's UUID.
	Account string `json:"account"`

	// The operation of the row, such as `payouts.create`.
	Operation string `json:"operation"`

	// The merchant's id of the order.
	OrderID string `json:"order_id"`

	// The number of the attempt to send the order, from 1.
	Attempt int64 `json:"attempt"`

	// The state before; none if the row was created.
	FromState LedgerState `json:"from_state"`

	// The state after.
	ToState LedgerState `json:"to_state"`

	// AliKassa's id after it, if it is known.
	ID *int64 `json:"id"`

	// The status after it, if it is known.
	PaymentStatus PaymentStatus `json:"payment_status"`

	// What changed the row: `call` (a create, or a read of a status), `notification`, `reconcile`,
	// `resolve` or `release`.
	Source EventSource `json:"source"`

	// Why: the code of the error of a create, or the merchant's reason for a release.
	Reason *string `json:"reason"`

	// What was sent, as text for the provider's support: time, path, beginning of the signature,
	// HTTP status and attempts. None of a change that sent no create.
	Support *string `json:"support"`
}

// String returns the fields that logs may show.
func (r LedgerEvent) String() string {
	return loggable("LedgerEvent", "operation", r.Operation, "order_id", r.OrderID, "from_state", r.FromState, "to_state", r.ToState, "id", r.ID, "payment_status", r.PaymentStatus, "source", r.Source)
}

// GoString returns the fields that logs may show.
func (r LedgerEvent) GoString() string { return r.String() }

// ClientEvent is what happened in a call of a client, for logs, metrics and traces. It contains no
// amount, no number of a card and no key.
type ClientEvent struct {
	// What happened: `call_started`, `attempt_started`, `attempt_ended`, `retry`,
	// `digest_confirmed`, `ledger_transition`, `outcome` (the last event of a call),
	// `notification_verified` or `notification_refused`.
	Kind ClientEventKind `json:"kind"`

	// When it happened, in milliseconds since 1970.
	TimeMs int64 `json:"time_ms"`

	// The name of the call, such as `payouts.create`, or the path of a raw request.
	Operation string `json:"operation"`

	// The UUID of the account.
	Account string `json:"account"`

	// The number of the call in this process, the same in all of its events. A notification has
	// none.
	CallID *int64 `json:"call_id"`

	// The merchant's id of the order, if the option `event_order_ids` is on.
	OrderID *string `json:"order_id"`

	// The number of the request in its call, from 1.
	Attempt *int64 `json:"attempt"`

	// How far a request got before the network failed.
	Phase *string `json:"phase"`

	// The HTTP status of the response.
	HTTPStatus *int64 `json:"http_status"`

	// The code of the error, such as `transport`; none after a success.
	Code *string `json:"code"`

	// What became of a create that failed: `not_sent`, `rejected`, `unknown` or `created`.
	Outcome *string `json:"outcome"`

	// The digest of the signature.
	Digest Digest `json:"digest"`

	// The state of the ledger's row before; none if an attempt begins.
	FromState LedgerState `json:"from_state"`

	// The state of the ledger's row after.
	ToState LedgerState `json:"to_state"`

	// How long the call waited for a thread of the pool, in microseconds.
	QueueUs *int64 `json:"queue_us"`

	// How long the signature took, with the wait for a processor, in microseconds.
	SignUs *int64 `json:"sign_us"`

	// How long name, connection and proxy took, in microseconds; none if a connection was reused.
	ConnectUs *int64 `json:"connect_us"`

	// How long the TLS handshake took, in microseconds; none if a connection was reused.
	TLSUs *int64 `json:"tls_us"`

	// From the last byte of the request to the head of the response, in microseconds.
	WaitUs *int64 `json:"wait_us"`

	// How long the body of the response took, in microseconds.
	ReadUs *int64 `json:"read_us"`

	// How long the request, or in `outcome` the whole call, took, in microseconds.
	TotalUs *int64 `json:"total_us"`

	// How many events before this one were dropped, because the hook was slower than the calls.
	Dropped int64 `json:"dropped"`
}

// String returns the fields that logs may show.
func (r ClientEvent) String() string {
	return loggable("ClientEvent", "kind", r.Kind, "operation", r.Operation, "call_id", r.CallID, "attempt", r.Attempt, "phase", r.Phase, "http_status", r.HTTPStatus, "code", r.Code, "outcome", r.Outcome, "total_us", r.TotalUs)
}

// GoString returns the fields that logs may show.
func (r ClientEvent) GoString() string { return r.String() }

// DryRun is what a create would send, from a dry run: nothing was sent, and nothing recorded.
//
// It has no number of a card. But who knows the other fields of the body can find a number by its
// hash: keep it like the body.
type DryRun struct {
	Response

	// The operation, such as `payouts.create`; of a raw request without one its path.
	Operation string `json:"operation"`

	// The path below the base URL.
	Path string `json:"path"`

	// The merchant's id of the order.
	OrderID *string `json:"order_id"`

	// The amount.
	Amount Amount `json:"amount"`

	// The SHA-256 of the body, in hexadecimal digits.
	BodySHA256 string `json:"body_sha256"`

	// The digest of the signature, `sha1` or `sha256`: of the option `auto` the one that is known
	// so far.
	Digest string `json:"digest"`

	// The code of the error that the create would have: `guard` or `duplicate_order`; none if it
	// would be sent.
	Refusal *string `json:"refusal"`

	// The limit that refuses it, such as `max_per_day`.
	Reason *string `json:"reason"`
}

// String returns the fields that logs may show.
func (r DryRun) String() string {
	return loggable("DryRun", "operation", r.Operation, "order_id", r.OrderID, "digest", r.Digest, "refusal", r.Refusal, "reason", r.Reason)
}

// GoString returns the fields that logs may show.
func (r DryRun) GoString() string { return r.String() }
