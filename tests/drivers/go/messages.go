package main

import (
	"reflect"

	"alikassa"
)

func payload(r request) (alikassa.Payload, error) {
	payload := alikassa.Payload{Query: r.Query, Body: r.Body, ContentType: r.ContentType, Digest: alikassa.Digest(r.Digest)}
	if r.Fields == nil {
		return payload, nil
	}
	fields, err := untag(r.Fields)
	payload.Fields = fields
	return payload, err
}

func verifyNotification(r request) (any, error) {
	payload, err := payload(r)
	if err != nil {
		return nil, err
	}
	notification, err := clients[r.Client].Notifications.Verify(payload)
	if err != nil {
		return nil, err
	}
	response := signed(reflect.ValueOf(notification))
	response["variant"] = notification.Variant
	return response, nil
}

func verifyRedirect(r request) (any, error) {
	payload, err := payload(r)
	if err != nil {
		return nil, err
	}
	redirect, err := clients[r.Client].Redirects.Verify(payload)
	if err != nil {
		return nil, err
	}
	return signed(reflect.ValueOf(redirect)), nil
}

// note records a notification several times and counts the results.
func note(r request) (any, error) {
	payload, err := payload(r)
	if err != nil {
		return nil, err
	}
	notification, err := clients[r.Client].Notifications.Verify(payload)
	if err != nil {
		return nil, err
	}
	ledger, err := alikassa.NewLedger(r.Path)
	if err != nil {
		return nil, err
	}
	counts := map[alikassa.Noted]int{}
	for range r.Times {
		noted, err := ledger.Note(notification)
		if err != nil {
			return nil, err
		}
		counts[noted]++
	}
	return counts, nil
}
