package alikassa_test

import (
	"encoding/json"
	"math/big"
	"testing"

	"alikassa"
)

func TestCanonicalJSON(t *testing.T) {
	integer := 5
	object := alikassa.Object{
		{Name: "b", Value: "Заказ 1/2 \"x\"\n"},
		{Name: "a", Value: nil},
		{Name: "list", Value: []any{true, int8(-1), uint64(2), &integer, (*int)(nil), json.Number("3"), big.NewInt(4)}},
		{Name: "map", Value: map[string]string{"z": "1", "y": "2"}},
		{Name: "amount", Value: alikassa.Amount("1.50")},
		{Name: "raw", Value: json.RawMessage(`{"k": 1}`)},
	}
	canonical, err := alikassa.CanonicalJSON(object)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"b":"\u0417\u0430\u043a\u0430\u0437 1\/2 \"x\"\n","a":null,"list":[true,-1,2,5,null,3,"4"],` +
		`"map":{"y":"2","z":"1"},"amount":"1.50","raw":{"k":1}}`
	equal(t, "canonical", string(canonical), want)
}

func TestValuesThatCannotBeSent(t *testing.T) {
	var cyclic []any
	cyclic = append(cyclic, 0)
	cyclic[0] = cyclic
	for reason, value := range map[string]any{
		"float":          []any{float32(5)},
		"type":           []any{struct{}{}},
		"lone_surrogate": []any{"\xff"},
	} {
		_, err := alikassa.CanonicalJSON(alikassa.Object{{Name: "a", Value: value}, {Name: "b", Value: make(chan int)}})
		refused := errorOf[*alikassa.InvalidArgumentError](t, err)
		equal(t, "reason", refused.Reason, reason)
		equal(t, "field", refused.Field, "a[0]")
	}
	_, err := alikassa.CanonicalJSON(alikassa.Object{{Name: "a", Value: cyclic}})
	equal(t, "reason", errorOf[*alikassa.InvalidArgumentError](t, err).Reason, "too_deep")
	_, err = alikassa.CanonicalJSON(map[int]string{1: "x"})
	errorOf[*alikassa.InvalidArgumentError](t, err)
	_, err = alikassa.CanonicalJSON([]int{1})
	equal(t, "reason", errorOf[*alikassa.InvalidArgumentError](t, err).Reason, "not_an_object")
}

func TestTextThatIsNotOneValueAddsNoField(t *testing.T) {
	for _, value := range []any{
		json.Number(`5,"number":"4111111111111111"`), json.Number(""), json.Number(" 5"), json.Number("01"),
		json.Number("NaN"), json.Number(`"5"`), json.Number("5\n"),
		json.RawMessage(`5,"number":"4111111111111111"`), json.RawMessage(`{"k": 1`), json.RawMessage(nil),
	} {
		_, err := alikassa.CanonicalJSON(alikassa.Object{{Name: "amount", Value: value}})
		refused := errorOf[*alikassa.InvalidArgumentError](t, err)
		equal(t, "reason", refused.Reason, "type")
		equal(t, "field", refused.Field, "amount")
	}
}
