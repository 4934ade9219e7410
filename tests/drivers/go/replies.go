package main

import (
	"reflect"
	"strings"
)

// typed returns a typed response in the form of the protocol.
func typed(response reflect.Value) object {
	if text, ok := response.Interface().(interface{ SupportText() string }); ok {
		lastSupport = text.SupportText()
	}
	response = response.Elem()
	if found := response.FieldByName("Found"); found.IsValid() {
		return resolution(response)
	}
	return object{
		"type":     response.Type().Name(),
		"fields":   plain(response),
		"is_final": isFinal(response),
		"other":    response.FieldByName("Other").Interface(),
		"raw":      response.FieldByName("Raw").Interface(),
	}
}

func resolution(response reflect.Value) object {
	var status any
	if field := response.FieldByName("Status"); !field.IsNil() {
		status = typed(field)
	}
	return object{
		"type":       "Resolution",
		"found":      response.FieldByName("Found").Interface(),
		"matched_by": plain(response.FieldByName("MatchedBy")),
		"other_id":   response.FieldByName("OtherID").Interface(),
		"status":     status,
	}
}

func signed(message reflect.Value) object {
	message = message.Elem()
	return object{
		"type":     message.Type().Name(),
		"fields":   plain(message),
		"is_final": isFinal(message),
		"unsigned": message.FieldByName("Unsigned").Interface(),
		"digest":   message.FieldByName("Digest").Interface(),
		"raw":      message.FieldByName("Raw").Interface(),
	}
}

func isFinal(response reflect.Value) any {
	if final := response.FieldByName("IsFinal"); final.IsValid() {
		return final.Bool()
	}
	return nil
}

// plain returns a field, or the fields of a record by the provider's names. An amount or a word
// that is empty is absent.
func plain(value reflect.Value) any {
	switch value.Kind() {
	case reflect.Pointer:
		if value.IsNil() {
			return nil
		}
		return plain(value.Elem())
	case reflect.Slice:
		list := []any{}
		for i := range value.Len() {
			list = append(list, plain(value.Index(i)))
		}
		return list
	case reflect.Struct:
		fields := object{}
		for i := range value.NumField() {
			field := value.Type().Field(i)
			name, hasName := field.Tag.Lookup("json")
			if hasName && name != "is_final" && name != "variant" && !field.Anonymous {
				fields[strings.TrimSuffix(name, ",omitempty")] = plain(value.Field(i))
			}
		}
		return fields
	}
	if value.Kind() == reflect.String && value.Type() != reflect.TypeFor[string]() && value.String() == "" {
		return nil
	}
	return value.Interface()
}
