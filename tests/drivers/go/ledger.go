package main

import (
	"fmt"
	"iter"
	"reflect"
	"time"

	"alikassa"
)

func useLedger(r request) (any, error) {
	ledger, err := alikassa.NewLedger(r.Path)
	if err != nil {
		return nil, err
	}
	defer ledger.Close()
	var since time.Time
	if r.Since != 0 {
		since = time.UnixMilli(r.Since)
	}
	switch r.Act {
	case "open":
		return collect(ledger.Open())
	case "get":
		row, err := ledger.Get(r.Operation, r.OrderID, r.Account)
		if row == nil {
			return nil, err
		}
		return plain(reflect.ValueOf(row)), nil
	case "rows":
		return collect(ledger.Rows(alikassa.RowFilter{State: alikassa.LedgerState(r.State), Since: since, Account: r.Account}))
	case "events":
		return collect(ledger.Events(alikassa.EventFilter{Operation: r.Operation, OrderID: r.OrderID, Account: r.Account, Since: since}))
	case "release":
		return nil, ledger.Release(r.Operation, r.OrderID, r.Reason, r.Account)
	case "backup":
		return nil, ledger.Backup(r.To)
	case "resume":
		return nil, ledger.Resume(r.Reason)
	}
	return nil, fmt.Errorf("unknown act %s", r.Act)
}

func collect[T any](all iter.Seq2[*T, error]) (any, error) {
	collected := []any{}
	for one, err := range all {
		if err != nil {
			return nil, err
		}
		collected = append(collected, plain(reflect.ValueOf(one)))
	}
	return collected, nil
}
