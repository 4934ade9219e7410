package alikassa

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// Amount is an exact decimal amount, such as "500.00". In a reply it has the digits that the
// provider sent; without a value it is empty.
type Amount string

// OrderRef is one order, by exactly one of two ids.
type OrderRef struct {
	// AliKassa's id. Prefer it: it is unique at the provider.
	ID string

	// The merchant's id of the order.
	OrderID string
}

// ByID refers to the payment or payout with AliKassa's id.
func ByID(id int64) OrderRef { return OrderRef{ID: strconv.FormatInt(id, 10)} }

// ByOrderID refers to the payment or payout with the merchant's id of the order.
func ByOrderID(orderID string) OrderRef { return OrderRef{OrderID: orderID} }

func (r OrderRef) object() Object {
	return appendSet(appendSet(nil, "id", r.ID), "order_id", r.OrderID)
}

func orderAndAmount(orderID string, amount Amount) Object {
	return appendSet(Object{{"order_id", orderID}}, "amount", amount)
}

// Value returns the value of a field that may be absent, and the zero value if it is.
func Value[T any](field *T) T {
	if field == nil {
		var zero T
		return zero
	}
	return *field
}

// Pointer returns a pointer to a value, for an option whose zero value is a setting.
func Pointer[T any](value T) *T { return &value }

// loggable returns the text of a reply with the fields that logs may show. The fields are names
// with their values.
func loggable(name string, fields ...any) string {
	shown := make([]string, 0, len(fields)/2)
	for ; len(fields) > 0; fields = fields[2:] {
		value := reflect.ValueOf(fields[1])
		if value.Kind() == reflect.Pointer && !value.IsNil() {
			value = value.Elem()
		}
		format := "%v=%v"
		if value.Kind() == reflect.String {
			format = "%v=%q"
		}
		shown = append(shown, fmt.Sprintf(format, fields[0], value))
	}
	return name + "(" + strings.Join(shown, ", ") + ")"
}
