package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"sync"
	"time"

	"alikassa"
)

var clients = map[string]*alikassa.Client{}

// list collects what arrives on other goroutines.
type list[T any] struct {
	lock  sync.Mutex
	items []T
}

func (l *list[T]) add(item T) {
	l.lock.Lock()
	defer l.lock.Unlock()
	l.items = append(l.items, item)
}

func (l *list[T]) take() []T {
	l.lock.Lock()
	defer l.lock.Unlock()
	taken := l.items
	l.items = nil
	if taken == nil {
		return []T{}
	}
	return taken
}

var (
	notices list[string]
	events  list[any]
)

// noticeHandler collects the warnings of the library.
type noticeHandler struct{ slog.Handler }

func collectNotices() { slog.SetDefault(slog.New(noticeHandler{slog.Default().Handler()})) }

func (noticeHandler) Handle(_ context.Context, record slog.Record) error {
	if record.Level == slog.LevelWarn {
		notices.add(strings.TrimPrefix(record.Message, "alikassa: "))
	}
	return nil
}

// clientOptions are options by their names in the protocol, with durations in milliseconds.
type clientOptions map[string]json.RawMessage

func openClient(r request) (any, error) {
	var named clientOptions
	if err := json.Unmarshal(r.Options, &named); err != nil {
		return nil, err
	}
	var options alikassa.Options
	for name, value := range named {
		field := fieldOf(reflect.ValueOf(&options).Elem(), name)
		if string(value) == "null" {
			continue
		}
		if err := setOption(field, value); err != nil {
			return nil, err
		}
	}
	client, err := alikassa.New(options)
	if err == nil {
		clients[r.Client] = client
	}
	return nil, err
}

// setOption sets an option by the type of its field.
func setOption(field reflect.Value, value json.RawMessage) (err error) {
	switch option := field.Addr().Interface().(type) {
	case *alikassa.SigningCert:
		*option, err = signingCert(value)
	case *[]alikassa.VerifyingCert:
		*option, err = verifyingCerts(value)
	case **alikassa.Ledger:
		var location string
		if err = json.Unmarshal(value, &location); err == nil {
			*option, err = alikassa.NewLedger(location)
		}
	case *time.Duration:
		var milliseconds int64
		err = json.Unmarshal(value, &milliseconds)
		*option = time.Duration(milliseconds) * time.Millisecond
	case *map[string]alikassa.Limits:
		*option, err = limitsOf(value)
	case *func(alikassa.ClientEvent):
		*option = eventHook(string(value) == `"raise"`)
	default:
		err = json.Unmarshal(value, option)
	}
	return err
}

func signingCert(value json.RawMessage) (alikassa.SigningCert, error) {
	var key struct{ External, Fault string }
	if json.Unmarshal(value, &key) == nil {
		return externalKey(key.External, key.Fault)
	}
	var folder alikassa.Folder
	err := json.Unmarshal(value, &folder)
	return folder, err
}

func verifyingCerts(value json.RawMessage) ([]alikassa.VerifyingCert, error) {
	var folders []alikassa.Folder
	if json.Unmarshal(value, &folders) != nil {
		folders = make([]alikassa.Folder, 1)
		if err := json.Unmarshal(value, &folders[0]); err != nil {
			return nil, err
		}
	}
	certs := make([]alikassa.VerifyingCert, len(folders))
	for i, folder := range folders {
		certs[i] = folder
	}
	return certs, nil
}

func eventHook(raises bool) func(alikassa.ClientEvent) {
	return func(event alikassa.ClientEvent) {
		events.add(plain(reflect.ValueOf(event)))
		if raises {
			panic("the hook failed")
		}
	}
}

// limitsOf reads the limits. A function returns true or false, or fails.
func limitsOf(value json.RawMessage) (map[string]alikassa.Limits, error) {
	var operations map[string]map[string]json.RawMessage
	if err := json.Unmarshal(value, &operations); err != nil {
		return nil, err
	}
	all := map[string]alikassa.Limits{}
	for operation, named := range operations {
		var limits alikassa.Limits
		for name, value := range named {
			var function struct{ Returns string }
			if name == "allowed_numbers" && json.Unmarshal(value, &function) == nil && function.Returns != "" {
				limits.AllowNumber = func(number string) (bool, error) {
					if function.Returns != "true" && function.Returns != "false" {
						return false, errors.New("no list for " + number)
					}
					return function.Returns == "true", nil
				}
				continue
			}
			if err := json.Unmarshal(value, fieldOf(reflect.ValueOf(&limits).Elem(), name).Addr().Interface()); err != nil {
				return nil, err
			}
		}
		all[operation] = limits
	}
	return all, nil
}

func deriveClient(r request) (any, error) {
	client, err := clients[r.Client].ForAccount(r.Account)
	if err == nil {
		clients[r.Derived] = client
	}
	return nil, err
}

func closeClient(r request) (any, error) { return nil, clients[r.Client].Close() }

// represent returns every text form of a client and of its parts.
func represent(r request) (any, error) {
	client := clients[r.Client]
	var texts []string
	for _, part := range []any{client, *client, client.Resources, client.Notifications, client.Redirects, client.Ledger()} {
		text, err := json.Marshal(part)
		if err != nil {
			return nil, err
		}
		texts = append(texts, fmt.Sprintf("%v %+v %#v %s %s", part, part, part, part, text))
	}
	return strings.Join(texts, "\n"), nil
}
