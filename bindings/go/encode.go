package alikassa

// #include "bridge.h"
import "C"

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Object is a JSON object to send, with its fields in this order.
//
// A value is nil (JSON's null), a string, a boolean, an integer, an [encoding.TextMarshaler] such
// as a decimal, which is sent as a string, a [json.Number], a [json.RawMessage], a slice, an
// Object, or a map with string keys, which are sent in alphabetical order. Every other type is
// refused, floats among them.
type Object []Field

// Field is a field of an [Object].
type Field struct {
	// The name of the field.
	Name string

	// Its value.
	Value any
}

// appendSet appends a field unless it has its zero value.
func appendSet[T comparable](o Object, name string, value T) Object {
	var zero T
	if value == zero {
		return o
	}
	return append(o, Field{name, value})
}

// CanonicalJSON returns the canonical bytes of a request's body, an [Object] or another object with
// such values. These bytes are signed and sent.
//
// Source: PHP's json_encode, which the provider's samples sign with.
func CanonicalJSON(data any) ([]byte, error) {
	json := encode(data)
	canonical, err := takeText(C.bridge_canonical_json(byteChars(json.text), size(json.text)))
	return canonical, json.explained(err)
}

// encode returns data as JSON text for the library, which checks everything. A value without a JSON
// text becomes one that the library refuses. The package encoding/json would send another text in
// place of one that is not UTF-8.
func encode(data any) *encoder {
	e := &encoder{text: make([]byte, 0, 256)}
	e.value(reflect.ValueOf(data))
	return e
}

type encoder struct {
	text []byte
	path []string
	// Why the value at path has no JSON text.
	refused string
}

// explained says why a value has no JSON text, if that is why the library refused it.
func (e *encoder) explained(err error) error {
	path := strings.TrimPrefix(strings.Join(e.path, ""), ".")
	var base *AliKassaError
	if e.refused != "" && errors.As(err, &base) && base.Field == path {
		base.Message = path + ": " + e.refused
		base.Reason = "type"
	}
	return err
}

// aFloat is a number that the library refuses as a float.
const aFloat = "1e0"

// maxDepth is more than the library accepts, and ends the encoding of a value that contains itself.
const maxDepth = 80

func (e *encoder) value(value reflect.Value) {
	isNil := value.IsValid() && value.Kind() == reflect.Pointer && value.IsNil()
	if !value.IsValid() || isNil || len(e.path) > maxDepth {
		e.text = append(e.text, "null"...)
		return
	}
	switch v := value.Interface().(type) {
	case Object:
		e.object(v)
		return
	case json.Number:
		// Otherwise a number from a form could add a field to the request.
		if !isNumber(string(v)) {
			e.refuse("this json.Number is not a number")
			return
		}
		e.text = append(e.text, v...)
		return
	case json.RawMessage:
		if !json.Valid(v) {
			e.refuse("this json.RawMessage is not one value of JSON")
			return
		}
		e.text = append(e.text, v...)
		return
	case encoding.TextMarshaler:
		e.marshaled(v)
		return
	}
	switch value.Kind() {
	case reflect.String:
		e.string(value.String())
	case reflect.Bool:
		e.text = strconv.AppendBool(e.text, value.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		e.text = strconv.AppendInt(e.text, value.Int(), 10)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		e.text = strconv.AppendUint(e.text, value.Uint(), 10)
	case reflect.Float32, reflect.Float64:
		e.text = append(e.text, aFloat...)
	case reflect.Interface, reflect.Pointer:
		e.value(value.Elem())
	case reflect.Slice, reflect.Array:
		e.list(value)
	case reflect.Map:
		e.mapping(value)
	default:
		e.refuse(fmt.Sprintf("a value of type %s cannot be sent", value.Type()))
	}
}

// refuse writes what the library refuses.
func (e *encoder) refuse(why string) {
	e.text = append(e.text, aFloat...)
	if e.refused == "" {
		e.refused = why
	}
}

// within encodes a part of the value. The path of the first one that is refused is kept.
func (e *encoder) within(step string, value reflect.Value) {
	if e.refused != "" {
		e.text = append(e.text, "null"...)
		return
	}
	e.path = append(e.path, step)
	e.value(value)
	if e.refused == "" {
		e.path = e.path[:len(e.path)-1]
	}
}

func (e *encoder) object(object Object) {
	e.text = append(e.text, '{')
	for i, field := range object {
		if i > 0 {
			e.text = append(e.text, ',')
		}
		e.string(field.Name)
		e.text = append(e.text, ':')
		e.within("."+field.Name, reflect.ValueOf(field.Value))
	}
	e.text = append(e.text, '}')
}

// isNumber returns whether a text is exactly one number of JSON.
func isNumber(text string) bool {
	return text != "" && (text[0] == '-' || '0' <= text[0] && text[0] <= '9') &&
		strings.TrimSpace(text) == text && json.Valid([]byte(text))
}

func (e *encoder) mapping(value reflect.Value) {
	if value.Type().Key().Kind() != reflect.String {
		e.refuse("the keys of a map are no strings")
		return
	}
	object := make(Object, 0, value.Len())
	for entries := value.MapRange(); entries.Next(); {
		object = append(object, Field{entries.Key().String(), entries.Value().Interface()})
	}
	slices.SortFunc(object, func(a, b Field) int { return strings.Compare(a.Name, b.Name) })
	e.object(object)
}

func (e *encoder) list(value reflect.Value) {
	e.text = append(e.text, '[')
	for i := range value.Len() {
		if i > 0 {
			e.text = append(e.text, ',')
		}
		e.within("["+strconv.Itoa(i)+"]", value.Index(i))
	}
	e.text = append(e.text, ']')
}

func (e *encoder) marshaled(value encoding.TextMarshaler) {
	text, err := value.MarshalText()
	if err != nil {
		e.refuse("its text cannot be made: " + err.Error())
		return
	}
	e.string(string(text))
}

func (e *encoder) string(text string) {
	if !utf8.ValidString(text) {
		// JSON's form of a text that is no Unicode, which the library refuses with its path.
		e.text = append(e.text, `"\ud800"`...)
		return
	}
	e.text = append(e.text, '"')
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			e.text = append(e.text, '\\', c)
		case c < ' ':
			e.text = fmt.Appendf(e.text, "\\u%04x", c)
		default:
			e.text = append(e.text, c)
		}
	}
	e.text = append(e.text, '"')
}
