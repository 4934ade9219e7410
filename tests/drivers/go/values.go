package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/token"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf16"

	"alikassa"
)

// fieldOf returns the field of a struct by its name in the protocol: OrderID for order_id.
func fieldOf(of reflect.Value, name string) reflect.Value {
	plain := strings.ReplaceAll(name, "_", "")
	return of.FieldByNameFunc(func(field string) bool {
		return token.IsExported(field) && strings.EqualFold(field, plain)
	})
}

// splitName returns the resource and the method of an operation.
func splitName(operation string) (resource, method string) {
	resource, verb, _ := strings.Cut(operation, ".")
	return resource, strings.ToUpper(verb[:1]) + verb[1:]
}

// assign sets a parameter to a value of the protocol. It returns false if the types of the package
// cannot express the value.
func assign(to reflect.Value, value any) bool {
	if object, ok := value.(alikassa.Object); ok {
		return assignObject(to, object)
	}
	switch value := value.(type) {
	case string:
		if to.Kind() == reflect.Interface {
			to.Set(reflect.ValueOf(value))
			return true
		}
		// An empty text is an absent field.
		if to.Kind() != reflect.String || value == "" {
			return false
		}
		to.SetString(value)
		return true
	case json.Number:
		integer, err := value.Int64()
		if err != nil || integer == 0 {
			return false
		}
		switch to.Kind() {
		case reflect.Interface:
			to.Set(reflect.ValueOf(integer))
		case reflect.Int64:
			to.SetInt(integer)
		default:
			return false
		}
		return true
	}
	return false
}

func assignObject(to reflect.Value, object alikassa.Object) bool {
	if others, ok := to.Addr().Interface().(*alikassa.Object); ok {
		*others = object
		return true
	}
	if to.Kind() == reflect.Pointer {
		to.Set(reflect.New(to.Type().Elem()))
		to = to.Elem()
	}
	if to.Kind() != reflect.Struct {
		return false
	}
	_, isPart := to.Addr().Interface().(*alikassa.PayoutExtra)
	for _, field := range object {
		target := fieldOf(to, field.Name)
		if isPart && !target.IsValid() {
			others := to.FieldByName("OtherFields").Addr().Interface().(*alikassa.Object)
			*others = append(*others, field)
			continue
		}
		if !target.IsValid() {
			return false
		}
		value := field.Value
		// AliKassa's id can be an integer in the protocol.
		if id, ok := value.(json.Number); ok && field.Name == "id" {
			if _, err := id.Int64(); err != nil {
				return false
			}
			value = id.String()
		}
		if value != nil && !assign(target, value) {
			return false
		}
	}
	return true
}

// parseObject reads a JSON object with its fields in their order.
func parseObject(text json.RawMessage) (alikassa.Object, error) {
	if text == nil {
		return nil, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	value, err := parseValue(decoder)
	object, _ := value.(alikassa.Object)
	return object, err
}

func parseValue(decoder *json.Decoder) (any, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		object := alikassa.Object{}
		for decoder.More() {
			name, err := decoder.Token()
			if err != nil {
				return nil, err
			}
			value, err := parseValue(decoder)
			if err != nil {
				return nil, err
			}
			object = append(object, alikassa.Field{Name: name.(string), Value: value})
		}
		_, err := decoder.Token()
		return object, err
	case json.Delim('['):
		list := []any{}
		for decoder.More() {
			value, err := parseValue(decoder)
			if err != nil {
				return nil, err
			}
			list = append(list, value)
		}
		_, err := decoder.Token()
		return list, err
	}
	return token, nil
}

// untag converts tagged data to a value of Go.
func untag(node json.RawMessage) (any, error) {
	var parts []json.RawMessage
	var tag string
	if err := json.Unmarshal(node, &parts); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(parts[0], &tag); err != nil {
		return nil, err
	}
	content := parts[len(parts)-1]
	switch tag {
	case "null":
		return nil, nil
	case "bool":
		return unmarshal[bool](content)
	case "text":
		return unmarshal[string](content)
	case "decimal":
		text, err := unmarshal[string](content)
		return alikassa.Amount(text), err
	case "int":
		text, err := unmarshal[string](content)
		return json.Number(text), err
	case "float":
		return unmarshalFloat(content)
	case "utf16":
		return utf16Text(content)
	case "list":
		return untagList(content)
	case "map":
		return untagMap(content)
	}
	return nil, fmt.Errorf("the tag %s has no value in Go", tag)
}

func unmarshal[T any](text json.RawMessage) (T, error) {
	var value T
	err := json.Unmarshal(text, &value)
	return value, err
}

func unmarshalFloat(content json.RawMessage) (float64, error) {
	text, err := unmarshal[string](content)
	if err != nil {
		return 0, err
	}
	float, err := strconv.ParseFloat(text, 64)
	if errors.Is(err, strconv.ErrRange) {
		// An infinity, as in the other languages.
		return float, nil
	}
	return float, err
}

// utf16Text is not UTF-8 if it has a lone surrogate.
func utf16Text(content json.RawMessage) (string, error) {
	units, err := unmarshal[[]uint16](content)
	var text []byte
	for i := 0; i < len(units); i++ {
		unit := rune(units[i])
		if i+1 < len(units) && utf16.DecodeRune(unit, rune(units[i+1])) != '\uFFFD' {
			text = append(text, string(utf16.DecodeRune(unit, rune(units[i+1])))...)
			i++
		} else if utf16.IsSurrogate(unit) {
			text = append(text, 0xE0|byte(unit>>12), 0x80|byte(unit>>6&0x3F), 0x80|byte(unit&0x3F))
		} else {
			text = append(text, string(unit)...)
		}
	}
	return string(text), err
}

func untagList(content json.RawMessage) ([]any, error) {
	nodes, err := unmarshal[[]json.RawMessage](content)
	list := make([]any, len(nodes))
	for i := 0; i < len(nodes) && err == nil; i++ {
		list[i], err = untag(nodes[i])
	}
	return list, err
}

func untagMap(content json.RawMessage) (alikassa.Object, error) {
	pairs, err := unmarshal[[][2]json.RawMessage](content)
	object := make(alikassa.Object, len(pairs))
	for i := 0; i < len(pairs) && err == nil; i++ {
		if object[i].Name, err = unmarshal[string](pairs[i][0]); err == nil {
			object[i].Value, err = untag(pairs[i][1])
		}
	}
	return object, err
}
