package main

import (
	"context"
	"reflect"
	"time"

	"alikassa"
)

func milliseconds(count int64) time.Duration { return time.Duration(count) * time.Millisecond }

// limits are the options of a call.
func limits(r request) []alikassa.CallOption {
	return []alikassa.CallOption{
		alikassa.Timeout(milliseconds(r.Timeout)),
		alikassa.Deadline(milliseconds(r.Deadline)),
	}
}

// call calls an operation by its name.
func call(r request) (any, error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if r.CancelAfter != nil {
		defer time.AfterFunc(milliseconds(*r.CancelAfter), cancel).Stop()
	}
	resource, verb := splitName(r.Operation)
	if r.DryRun {
		verb = "DryRun"
	}
	method := fieldOf(reflect.ValueOf(clients[r.Client]).Elem(), resource).MethodByName(verb)
	input, err := parseObject(r.Input)
	if err != nil {
		return nil, err
	}
	arguments := []reflect.Value{reflect.ValueOf(ctx)}
	var updates []string
	switch verb {
	case "Resolve":
		resolved, fits := resolveArguments(input)
		if !fits {
			return untyped(ctx, r)
		}
		arguments = append(arguments, resolved...)
	case "Balance", "Info":
	default:
		argument := reflect.New(method.Type().In(1)).Elem()
		if !assign(argument, input) {
			return untyped(ctx, r)
		}
		arguments = append(arguments, argument)
	}
	if verb == "Wait" {
		arguments = append(arguments, waitOptions(method.Type().In(2), r, &updates))
	}
	for _, option := range limits(r) {
		arguments = append(arguments, reflect.ValueOf(option))
	}
	results := method.Call(arguments)
	if err, failed := results[1].Interface().(error); failed {
		return nil, err
	}
	response := typed(results[0])
	if verb == "Wait" {
		response["updates"] = updates
	}
	return response, nil
}

func resolveArguments(input alikassa.Object) ([]reflect.Value, bool) {
	var orderID string
	var amount alikassa.Amount
	for _, field := range input {
		target := reflect.ValueOf(&orderID).Elem()
		if field.Name == "amount" {
			target = reflect.ValueOf(&amount).Elem()
		}
		if field.Value != nil && !assign(target, field.Value) {
			return nil, false
		}
	}
	return []reflect.Value{reflect.ValueOf(orderID), reflect.ValueOf(amount)}, true
}

// waitOptions are those of a wait for a payment or payout, which are of different types.
func waitOptions(ofType reflect.Type, r request, updates *[]string) reflect.Value {
	*updates = []string{}
	options := reflect.New(ofType).Elem()
	options.FieldByName("Interval").SetInt(int64(milliseconds(r.Interval)))
	onUpdate := options.FieldByName("OnUpdate")
	onUpdate.Set(reflect.MakeFunc(onUpdate.Type(), func(arguments []reflect.Value) []reflect.Value {
		*updates = append(*updates, arguments[0].Elem().FieldByName("PaymentStatus").String())
		return []reflect.Value{reflect.Zero(onUpdate.Type().Out(0))}
	}))
	return options
}

// untyped makes a call with values that the types of the method refuse.
func untyped(ctx context.Context, r request) (any, error) {
	result, err := alikassa.TestCall(ctx, clients[r.Client], r.Operation, r.Input, limits(r)...)
	if err != nil {
		return nil, err
	}
	return typed(reflect.ValueOf(result)), nil
}

func rawRequest(r request) (any, error) {
	data, err := untag(r.Data)
	if err != nil {
		return nil, err
	}
	client, cert := clients[r.Client], alikassa.Cert(r.Cert)
	if r.DryRun {
		report, err := client.RequestDryRun(context.Background(), r.Path, data, cert, limits(r)...)
		if err != nil {
			return nil, err
		}
		return typed(reflect.ValueOf(report)), nil
	}
	options := alikassa.RequestOptions{Cert: cert, Read: r.Read}
	reply, err := client.Request(context.Background(), r.Path, data, options, limits(r)...)
	if err != nil {
		return nil, err
	}
	lastSupport = reply.SupportText()
	return object{"status": 200, "body": reply.Body}, nil
}

func reconcile(r request) (any, error) {
	rows, err := clients[r.Client].Reconcile(context.Background(), alikassa.BatchOptions{}, limits(r)...)
	if err != nil {
		return nil, err
	}
	plainRows := []any{}
	for _, row := range rows {
		plainRows = append(plainRows, plain(reflect.ValueOf(row)))
	}
	return plainRows, nil
}

func iterReconcile(r request) (any, error) {
	settled := []any{}
	batch := alikassa.BatchOptions{Concurrency: uint32(r.Concurrency)}
	for reconciled, err := range clients[r.Client].IterReconcile(context.Background(), batch, limits(r)...) {
		if reconciled.Row == nil {
			return nil, err
		}
		row := plain(reflect.ValueOf(reconciled.Row)).(object)
		row["other_id"] = reconciled.OtherID
		row["error"] = nil
		if err != nil {
			row["error"] = errorFields(err)["code"]
		}
		settled = append(settled, row)
	}
	return settled, nil
}
