package alikassa

// #include "bridge.h"
import "C"

import (
	"iter"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// Ledger is a record of the creates of one or more accounts, in a SQLite file or a PostgreSQL
// database. Goroutines and processes can share it, and many machines a database.
//
// A client with a ledger writes each create to it before sending it. It refuses a create whose
// order is in flight, unknown or already accepted. Do not put the file on a network file system:
// its locks are unreliable.
//
// If the ledger cannot be read or written, the error is a [LedgerError]. An argument that is not
// valid is an [InvalidArgumentError].
type Ledger struct {
	handle *handle
	// What names it for a client.
	named string
}

// NewLedger returns the ledger in this file, which is created on first use, or in the database of
// this URL: postgresql://user@host/database?schema=alikassa. The database must have the tables of
// [LedgerSchemaSQL]. It is not opened yet.
func NewLedger(location string) (*Ledger, error) {
	result := C.bridge_ledger_new(chars(location), size(location))
	handle, err := made(result, func(number C.uintptr_t) { C.bridge_free_ledger(number) })
	if err != nil {
		return nil, err
	}
	ledger := &Ledger{handle, location}
	// A URL without its password would name nothing, and a relative path depends on the folder.
	if path := ledger.Location(); filepath.IsAbs(path) {
		ledger.named = path
	}
	return ledger, nil
}

// String returns the kind and the location, because a URL can have a password.
func (l Ledger) String() string { return "Ledger(" + strconv.Quote(l.Location()) + ")" }

// GoString returns the same as String.
func (l Ledger) GoString() string { return l.String() }

// LedgerSchemaSQL returns the SQL that makes the tables of a ledger in a schema of a PostgreSQL
// database; an empty schema is alikassa. The library never runs it.
func LedgerSchemaSQL(schema string) (string, error) {
	sql, err := takeText(C.bridge_ledger_schema_sql(chars(schema), size(schema)))
	return string(sql), err
}

// Location returns where the ledger is: the file, as an absolute path, or the database and schema
// as a URL without user and password.
func (l *Ledger) Location() string {
	defer runtime.KeepAlive(l)
	return goString(C.bridge_ledger_location(l.handle.number))
}

// Open returns the open rows, oldest first. An error ends the iteration.
//
// A row is open while it is sending, unknown, or accepted with a status that is not final. A
// sending row belongs to a call in flight, or to one whose process ended.
func (l *Ledger) Open() iter.Seq2[*LedgerRow, error] {
	return l.rows(func() C.bridge_made { return C.bridge_ledger_open(l.handle.number) })
}

// RowFilter selects rows of a ledger. A condition with its zero value selects every row.
type RowFilter struct {
	// The state of the rows.
	State LedgerState

	// Rows that changed at this time or later.
	Since time.Time

	// The account's UUID.
	Account string
}

// Rows returns the rows, open or not, the one that changed first first. They are read page by page,
// so that memory does not grow with their number; a row that changes meanwhile can come twice. An
// error ends the iteration.
func (l *Ledger) Rows(filter RowFilter) iter.Seq2[*LedgerRow, error] {
	state, account := string(filter.State), filter.Account
	return l.rows(func() C.bridge_made {
		return C.bridge_ledger_rows(l.handle.number, chars(state), size(state), sinceMs(filter.Since), chars(account), size(account))
	})
}

// EventFilter selects events of a ledger. A condition with its zero value selects every event.
type EventFilter struct {
	// The operation of the row, such as [PayoutsCreate].
	Operation string

	// The merchant's id of the order.
	OrderID string

	// The account's UUID.
	Account string

	// Events at this time or later.
	Since time.Time
}

// Events returns the events, oldest first: every change of a row. They are only added, never
// changed. An error ends the iteration.
func (l *Ledger) Events(filter EventFilter) iter.Seq2[*LedgerEvent, error] {
	operation, orderID, account := filter.Operation, filter.OrderID, filter.Account
	return iterate[LedgerEvent](
		func() C.bridge_made {
			defer runtime.KeepAlive(l)
			return C.bridge_ledger_events(l.handle.number, chars(operation), size(operation), chars(orderID), size(orderID), chars(account), size(account), sinceMs(filter.Since))
		},
		func(events C.uintptr_t) C.bridge_reply { return C.bridge_events_next(events) },
		func(events C.uintptr_t) { C.bridge_free_events(events) },
	)
}

func (l *Ledger) rows(start func() C.bridge_made) iter.Seq2[*LedgerRow, error] {
	return iterate[LedgerRow](
		func() C.bridge_made {
			defer runtime.KeepAlive(l)
			return start()
		},
		func(rows C.uintptr_t) C.bridge_reply { return C.bridge_rows_next(rows) },
		func(rows C.uintptr_t) { C.bridge_free_rows(rows) },
	)
}

// iterate reads one reply after the other, anew in each iteration.
func iterate[T any](start func() C.bridge_made, next func(C.uintptr_t) C.bridge_reply, free func(C.uintptr_t)) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		started := start()
		if started.error != 0 {
			yield(nil, takeError(started.error))
			return
		}
		defer free(started.handle)
		for {
			value, err := take[T](next(started.handle))
			if value == nil && err == nil || !yield(value, err) || err != nil {
				return
			}
		}
	}
}

func sinceMs(since time.Time) C.int64_t {
	if since.IsZero() {
		return 0
	}
	return C.int64_t(since.UnixMilli())
}

// Get returns the row of an order, open or not; nil if the ledger does not have it. operation is
// that of the row, such as [PayoutsCreate]. account may be empty, unless several accounts have the
// order.
func (l *Ledger) Get(operation, orderID, account string) (*LedgerRow, error) {
	defer runtime.KeepAlive(l)
	return take[LedgerRow](C.bridge_ledger_get(l.handle.number, chars(operation), size(operation), chars(orderID), size(orderID), chars(account), size(account)))
}

// Release records your own decision that a create may be sent again. The next create with this
// order is sent, and pays twice if the provider has the order after all. Do so only after the
// provider's support confirmed that the order does not exist: no error proves that. reason is
// stored in the row. account may be empty, unless several accounts have the order.
func (l *Ledger) Release(operation, orderID, reason, account string) error {
	return l.do(C.bridge_ledger_release(l.handle.number, chars(operation), size(operation), chars(orderID), size(orderID), chars(reason), size(reason), chars(account), size(account)))
}

// Check checks that creates can be recorded, and returns what the operator should know.
func (l *Ledger) Check() ([]string, error) {
	warnings, err := takeText(C.bridge_ledger_check(l.handle.number))
	runtime.KeepAlive(l)
	if err != nil || len(warnings) == 0 {
		return nil, err
	}
	return strings.Split(strings.TrimSuffix(string(warnings), "\n"), "\n"), nil
}

// ImportFrom moves the ledger in a file into this one, and returns how many rows were added or
// changed.
//
// From then on the file refuses creates, also those of processes that have it open. Calls in flight
// still record their end in the file: import again when they have ended.
func (l *Ledger) ImportFrom(path string) (uint64, error) {
	var rows C.uint64_t
	err := l.do(C.bridge_ledger_import_from(l.handle.number, chars(path), size(path), &rows))
	return uint64(rows), err
}

// Backup copies the ledger in a file into a new file, while it is in use. A copy made by other
// means can lack the newest rows, because a ledger is three files.
//
// The copy is marked: a client with the copy as its ledger reads and reconciles, but refuses
// creates until [Ledger.Resume], because the copy does not know the orders that were sent after it
// was made.
func (l *Ledger) Backup(path string) error {
	return l.do(C.bridge_ledger_backup(l.handle.number, chars(path), size(path)))
}

// Resume records your own decision that a restored copy may send creates again. Do so only once you
// know the orders that were sent since the copy was made: an order that the copy does not have can
// be sent twice. A ledger that is not a copy is unchanged. reason is stored in the ledger.
func (l *Ledger) Resume(reason string) error {
	return l.do(C.bridge_ledger_resume(l.handle.number, chars(reason), size(reason)))
}

// Noted says whether a notification is new.
type Noted string

// What [Ledger.Note] returns.
const (
	// It is new.
	NotedNew Noted = "new"
	// The same notification was recorded before.
	NotedSeen Noted = "seen"
	// A final status, which never changes, was recorded before.
	NotedStale Noted = "stale"
	// It is about another id than the row of its order, or may be.
	NotedOther Noted = "other"
)

// Note records a notification from [Notifications.Verify] durably, and returns whether it is new.
//
// If it is new, the order's row becomes accepted with the new status. That requires that the
// amounts are equal, that the row's status is not final, and that the row has the same id or none.
//
// If it is [NotedOther], nothing is recorded: store the notification yourself, because somebody
// must look at both. Do not credit because of [NotedNew]: the process can die afterwards. Request
// the status, credit once with a table of your own, and reply to the provider with 200 once that is
// stored. After an error do not reply with 200.
func (l *Ledger) Note(notification *Notification) (Noted, error) {
	var reply C.uintptr_t
	if notification != nil && notification.reply != nil {
		reply = notification.reply.number
	}
	noted := C.bridge_ledger_note(l.handle.number, reply)
	runtime.KeepAlive(notification)
	runtime.KeepAlive(l)
	if noted.error != 0 {
		return "", takeError(noted.error)
	}
	return Noted(goString(noted.word)), nil
}

// Close frees the ledger at once. The file stays, and clients continue to write to it.
func (l *Ledger) Close() error {
	l.handle.release()
	return nil
}

func (l *Ledger) do(number C.uintptr_t) error {
	runtime.KeepAlive(l)
	if number != 0 {
		return takeError(number)
	}
	return nil
}
