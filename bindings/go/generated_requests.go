// Code generated from the core's tables by `make bless`. DO NOT EDIT.

package alikassa

// PaymentRequest is a payment (pay-in) to create.
//
// Lengths are in characters. Every field is checked before anything is sent.
//
// Source: the payment creation page and the pages of the payment methods.
//
// A field with its zero value counts as absent.
type PaymentRequest struct {
	// The amount, in the currency of the account and service: up to 9 integer digits and 2
	// decimals. Required.
	Amount Amount

	// The merchant's id of the order, unique: up to 128 characters. Required.
	OrderID string

	// The service's code, such as `payment_card_rub_hpp`: up to 100 characters. Required.
	Service string

	// The payer's IP address. Required.
	CustomerIP string

	// A description: up to 128 characters.
	Desc string

	// How long the payment can be paid, in seconds: 900 to 3600.
	Lifetime int64

	// The payer's id at the merchant: up to 50 characters.
	CustomerAccount string

	// The payer's id at the merchant; some methods require it: up to 100 characters.
	CustomerUserID string

	// The payer's bank; some methods require it: up to 100 characters.
	CustomerCode string

	// The payer's e-mail address: up to 50 characters.
	CustomerEmail string

	// The payer's first name: up to 50 characters.
	CustomerFirstName string

	// The payer's last name: up to 50 characters.
	CustomerLastName string

	// The payer's address: up to 50 characters.
	CustomerAddress string

	// The payer's phone: up to 12 characters.
	CustomerPhone string

	// The payer's post code, an integer or a text: up to 12 characters.
	CustomerPostCode any

	// The payer's state: up to 50 characters.
	CustomerState string

	// The payer's city: up to 20 characters.
	CustomerCity string

	// The User-Agent of the payer's browser; hosted card forms require it: up to 2000 characters.
	CustomerBrowserUserAgent string

	// The Accept header of the payer's browser: up to 2000 characters.
	CustomerBrowserAcceptHeader string

	// The payer's `screen.colorDepth`.
	CustomerBrowserColorDepth int64

	// The language of the payer's browser: up to 8 characters.
	CustomerBrowserLanguage string

	// The payer's `screen.height`.
	CustomerBrowserScreenHeight int64

	// The payer's `screen.width`.
	CustomerBrowserScreenWidth int64

	// The id of a redirect set up in the cabinet; used after success.
	SuccessRedirectID int64

	// The id of a redirect set up in the cabinet; used after failure.
	FailRedirectID int64

	// The id of a notification endpoint set up in the cabinet.
	NotificationEndpointID int64

	// Where the payer is sent after success: up to 255 characters.
	SuccessRedirectURL string

	// Where the payer is sent after failure: up to 255 characters.
	FailRedirectURL string

	// Where notifications about this payment are sent: up to 255 characters.
	NotificationEndpointURL string

	// Fields that the provider accepts and this library does not know; they are sent after the
	// others.
	OtherFields Object
}

// String returns the fields that logs may show.
func (r PaymentRequest) String() string {
	return loggable("PaymentRequest", "order_id", r.OrderID, "amount", r.Amount)
}

// GoString returns the fields that logs may show.
func (r PaymentRequest) GoString() string { return r.String() }

func (r *PaymentRequest) object() Object {
	var o Object
	o = appendSet(o, "amount", r.Amount)
	o = appendSet(o, "order_id", r.OrderID)
	o = appendSet(o, "service", r.Service)
	o = appendSet(o, "customer_ip", r.CustomerIP)
	o = appendSet(o, "desc", r.Desc)
	o = appendSet(o, "lifetime", r.Lifetime)
	o = appendSet(o, "customer_account", r.CustomerAccount)
	o = appendSet(o, "customer_user_id", r.CustomerUserID)
	o = appendSet(o, "customer_code", r.CustomerCode)
	o = appendSet(o, "customer_email", r.CustomerEmail)
	o = appendSet(o, "customer_first_name", r.CustomerFirstName)
	o = appendSet(o, "customer_last_name", r.CustomerLastName)
	o = appendSet(o, "customer_address", r.CustomerAddress)
	o = appendSet(o, "customer_phone", r.CustomerPhone)
	o = appendSet(o, "customer_post_code", r.CustomerPostCode)
	o = appendSet(o, "customer_state", r.CustomerState)
	o = appendSet(o, "customer_city", r.CustomerCity)
	o = appendSet(o, "customer_browser_user_agent", r.CustomerBrowserUserAgent)
	o = appendSet(o, "customer_browser_accept_header", r.CustomerBrowserAcceptHeader)
	o = appendSet(o, "customer_browser_color_depth", r.CustomerBrowserColorDepth)
	o = appendSet(o, "customer_browser_language", r.CustomerBrowserLanguage)
	o = appendSet(o, "customer_browser_screen_height", r.CustomerBrowserScreenHeight)
	o = appendSet(o, "customer_browser_screen_width", r.CustomerBrowserScreenWidth)
	o = appendSet(o, "success_redirect_id", r.SuccessRedirectID)
	o = appendSet(o, "fail_redirect_id", r.FailRedirectID)
	o = appendSet(o, "notification_endpoint_id", r.NotificationEndpointID)
	o = appendSet(o, "success_redirect_url", r.SuccessRedirectURL)
	o = appendSet(o, "fail_redirect_url", r.FailRedirectURL)
	o = appendSet(o, "notification_endpoint_url", r.NotificationEndpointURL)
	if r.OtherFields != nil {
		o = append(o, Field{"other_fields", r.OtherFields})
	}
	return o
}

// HistoryRequest says which page of the history of payments to request.
//
// Source: the payment history page.
//
// A field with its zero value counts as absent.
type HistoryRequest struct {
	// The first day, such as `2024-11-01`; its time zone is undocumented.
	DateFrom string

	// The last day, such as `2024-11-30`; its time zone is undocumented.
	DateTo string

	// The number of the page, from 1.
	Page int64

	// How many payments a page has.
	Paginate int64

	// Fields that the provider accepts and this library does not know; they are sent after the
	// others.
	OtherFields Object
}

// String returns the fields that logs may show.
func (r HistoryRequest) String() string {
	return loggable("HistoryRequest")
}

// GoString returns the fields that logs may show.
func (r HistoryRequest) GoString() string { return r.String() }

func (r *HistoryRequest) object() Object {
	var o Object
	o = appendSet(o, "date_from", r.DateFrom)
	o = appendSet(o, "date_to", r.DateTo)
	o = appendSet(o, "page", r.Page)
	o = appendSet(o, "paginate", r.Paginate)
	if r.OtherFields != nil {
		o = append(o, Field{"other_fields", r.OtherFields})
	}
	return o
}

// PayoutExtra is the recipient's card details: the field `extra` of a payout. It may contain
// further fields.
//
// Source: the payout creation page.
//
// A field with its zero value counts as absent.
type PayoutExtra struct {
	// The year in which the card expires, such as `24`.
	CardExpYear string

	// The month in which the card expires, such as `01`.
	CardExpMonth string

	// The holder's name: up to 100 characters.
	CardHolder string

	// The card's country as an ISO 3166-1 alpha-2 code.
	CardCountry string

	// The recipient's date of birth, such as `1999-12-15`.
	CardRecipientBirthDate string

	// Any other fields that the provider accepts.
	OtherFields Object
}

// String returns the fields that logs may show.
func (r PayoutExtra) String() string {
	return loggable("PayoutExtra")
}

// GoString returns the fields that logs may show.
func (r PayoutExtra) GoString() string { return r.String() }

func (r *PayoutExtra) object() Object {
	var o Object
	o = appendSet(o, "card_exp_year", r.CardExpYear)
	o = appendSet(o, "card_exp_month", r.CardExpMonth)
	o = appendSet(o, "card_holder", r.CardHolder)
	o = appendSet(o, "card_country", r.CardCountry)
	o = appendSet(o, "card_recipient_birth_date", r.CardRecipientBirthDate)
	return append(o, r.OtherFields...)
}

// PayoutRequest is a payout to create.
//
// Lengths are in characters. For some fields the provider documents no limit. Every field is
// checked before anything is sent.
//
// Source: the payout creation page.
//
// A field with its zero value counts as absent.
type PayoutRequest struct {
	// The amount, in the account's currency: up to 18 integer digits and 2 decimals. Required.
	Amount Amount

	// The account, card or phone number to pay to; write a phone number in digits without a plus.
	// Required.
	Number string

	// The merchant's id of the order, unique: up to 128 characters. Required.
	OrderID string

	// The service's code, such as `payment_card_rub`: up to 100 characters. Required.
	Service string

	// The id of a notification endpoint set up in the cabinet.
	NotificationEndpointID int64

	// Where notifications about this payout are sent: up to 255 characters.
	NotificationEndpointURL string

	// Details of the recipient's card; payouts in EUR require them.
	Extra *PayoutExtra

	// The recipient's phone.
	CustomerPhone string

	// The recipient's e-mail address.
	CustomerEmail string

	// The recipient's bank; SBP payouts require it.
	CustomerCode string

	// The recipient's first name.
	CustomerFirstName string

	// The recipient's last name.
	CustomerLastName string

	// The recipient's country.
	CustomerCountry string

	// Fields that the provider accepts and this library does not know; they are sent after the
	// others.
	OtherFields Object
}

// String returns the fields that logs may show.
func (r PayoutRequest) String() string {
	return loggable("PayoutRequest", "order_id", r.OrderID, "amount", r.Amount)
}

// GoString returns the fields that logs may show.
func (r PayoutRequest) GoString() string { return r.String() }

func (r *PayoutRequest) object() Object {
	var o Object
	o = appendSet(o, "amount", r.Amount)
	o = appendSet(o, "number", r.Number)
	o = appendSet(o, "order_id", r.OrderID)
	o = appendSet(o, "service", r.Service)
	o = appendSet(o, "notification_endpoint_id", r.NotificationEndpointID)
	o = appendSet(o, "notification_endpoint_url", r.NotificationEndpointURL)
	if r.Extra != nil {
		o = append(o, Field{"extra", r.Extra.object()})
	}
	o = appendSet(o, "customer_phone", r.CustomerPhone)
	o = appendSet(o, "customer_email", r.CustomerEmail)
	o = appendSet(o, "customer_code", r.CustomerCode)
	o = appendSet(o, "customer_first_name", r.CustomerFirstName)
	o = appendSet(o, "customer_last_name", r.CustomerLastName)
	o = appendSet(o, "customer_country", r.CustomerCountry)
	if r.OtherFields != nil {
		o = append(o, Field{"other_fields", r.OtherFields})
	}
	return o
}
