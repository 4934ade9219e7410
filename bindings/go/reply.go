package alikassa

// #include "bridge.h"
import "C"

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// Part is a part of a response.
type Part struct {
	// Fields that this library does not know. Numbers are of the type [json.Number]. They can be
	// personal data.
	Other map[string]any `json:"other,omitempty"`
}

// Response is a response of the provider.
type Response struct {
	Part

	// The bytes of the response; nil in an update of a wait. They can contain personal data.
	Raw []byte `json:"-"`

	support string
}

// SupportText returns what was sent and received, as English text of several lines to paste into
// the chat of the provider's support; empty for a dry run, which sends nothing, and in an update of
// a wait. It contains no key and no card number, and can contain other personal data.
func (r *Response) SupportText() string { return r.support }

func (r *Response) fill(raw []byte, support string) { r.Raw, r.support = raw, support }

// Resolution is what the provider knows of an order with an unknown outcome. It never says that the
// order was not created: the provider cannot prove that.
type Resolution[T any] struct {
	// Whether the provider has the order that was sent.
	Found bool `json:"found"`

	// How the order was matched; empty if it was not found.
	MatchedBy MatchedBy `json:"matched_by"`

	// The id in Status, if that is another payment or payout with this order id than the one in the
	// ledger, or if it cannot be told which of them it is.
	OtherID *int64 `json:"other_id"`

	// The last status that the provider returned; nil if it returned none.
	Status *T `json:"status"`
}

func (r *Resolution[T]) fill(raw []byte, support string) {
	if status, ok := any(r.Status).(filled); ok && r.Status != nil {
		status.fill(raw, support)
	}
}

// Reply is the response to a raw request: HTTP 200, and its bytes.
type Reply struct {
	// The body, at most 1 MiB. It can contain personal data.
	Body []byte `json:"-"`

	support string
}

// SupportText returns what was sent and received, for the provider's support.
func (r *Reply) SupportText() string { return r.support }

func (r *Reply) fill(body []byte, support string) { r.Body, r.support = body, support }

// JSON reads the body. Numbers are of the type [json.Number], so that no digit is lost. A body that
// is not JSON is a [ProtocolError].
func (r *Reply) JSON() (any, error) {
	var data any
	decoder := json.NewDecoder(bytes.NewReader(r.Body))
	decoder.UseNumber()
	err := decoder.Decode(&data)
	if err != nil || decoder.More() {
		return nil, classified(&AliKassaError{Code: CodeProtocol, Message: "the body is not JSON"})
	}
	return data, nil
}

// String returns the size of the body alone, which can contain personal data.
func (r Reply) String() string { return "Reply(" + strconv.Itoa(len(r.Body)) + " bytes)" }

// GoString returns the size of the body alone, which can contain personal data.
func (r Reply) GoString() string { return r.String() }

// filled is a reply that has the bytes it was read from.
type filled interface {
	fill(raw []byte, support string)
}

// take reads a reply and frees it. After the last row it returns nil.
func take[T any](reply C.bridge_reply) (*T, error) {
	if reply.error != 0 {
		return nil, takeError(reply.error)
	}
	if reply.reply == 0 {
		return nil, nil
	}
	defer C.bridge_free_reply(reply.reply)
	return read[T](reply)
}

func read[T any](reply C.bridge_reply) (*T, error) {
	value := new(T)
	// The body of a raw reply can be anything.
	if _, isRaw := any(value).(*Reply); !isRaw {
		if err := decode(borrowed(reply.json), value); err != nil {
			return nil, err
		}
	}
	if value, ok := any(value).(filled); ok {
		value.fill(append([]byte{}, borrowed(reply.body)...), goString(reply.support))
	}
	return value, nil
}

// decode reads the JSON text of a reply.
func decode(text []byte, value any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(value); err != nil {
		return unreadable(err)
	}
	return nil
}
