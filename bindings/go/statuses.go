package alikassa

import (
	"context"
	"iter"
	"time"
)

// BatchOptions are the options of many requests. A timeout and a deadline are for each of them.
type BatchOptions struct {
	// The maximum number of concurrent requests, 1 to 4096; the client's MaxConnections limits it
	// further. The default is 16.
	Concurrency uint32

	// The maximum number of requests per second, 0.001 to 1000000; unlimited by default.
	Rate float64

	// Called after each result, before it is yielded, with two counts: the results so far, and
	// those with an error.
	OnProgress func(done, failed int)
}

// StatusResult is the status of one order of many.
type StatusResult[T any] struct {
	// The order.
	Order OrderRef

	// Its status; nil if there is an error in its place.
	Status *T
}

// check refuses options that are out of their range.
func (b *BatchOptions) check() error {
	if b.Concurrency > 4096 {
		return invalid("concurrency", "out_of_range", "pass 1 to 4096")
	}
	if b.Rate != 0 && !(b.Rate >= 0.001 && b.Rate <= 1_000_000) {
		return invalid("rate", "out_of_range", "pass requests per second, 0.001 to 1000000")
	}
	return nil
}

func invalid(field, reason, advice string) error {
	return classified(&AliKassaError{
		Code:    CodeInvalidArgument,
		Message: field + ": " + advice,
		Field:   field,
		Reason:  reason,
	})
}

// progress counts results.
type progress struct {
	done, failed int
	onProgress   func(done, failed int)
}

func (p *progress) count(err error) {
	p.done++
	if err != nil {
		p.failed++
	}
	if p.onProgress != nil {
		p.onProgress(p.done, p.failed)
	}
}

// statuses has up to concurrency requests in flight, each in a goroutine. This one reads the orders
// and yields the results.
func statuses[T any](ctx context.Context, orders iter.Seq[OrderRef], batch BatchOptions, status func(context.Context, OrderRef) (*T, error)) iter.Seq2[StatusResult[T], error] {
	return func(yield func(StatusResult[T], error) bool) {
		if err := batch.check(); err != nil {
			yield(StatusResult[T]{}, err)
			return
		}
		ofRequests, cancel := context.WithCancel(ctx)
		defer cancel()
		next, stop := iter.Pull(orders)
		defer stop()
		requests := requests[T]{next: next, pace: newPace(batch.Rate), results: make(chan result[T], concurrency(batch))}
		progress := progress{onProgress: batch.OnProgress}
		for {
			isOver := ctx.Err() != nil
			var pause <-chan time.Time
			if !isOver {
				pause = requests.start(ofRequests, status)
			}
			if requests.inFlight == 0 && requests.ended {
				return
			}
			if isOver {
				yield(StatusResult[T]{}, cancelledBy(ctx))
				return
			}
			select {
			case <-ctx.Done():
			case <-pause:
			case result := <-requests.results:
				requests.inFlight--
				progress.count(result.err)
				if !yield(result.StatusResult, result.err) {
					return
				}
			}
		}
	}
}

func concurrency(batch BatchOptions) uint32 {
	if batch.Concurrency == 0 {
		return 16
	}
	return batch.Concurrency
}

// cancelledBy is the error of an iteration whose context is over.
func cancelledBy(ctx context.Context) error {
	return classified(&AliKassaError{
		Code:    CodeCancelled,
		Message: "the call was cancelled",
		Cause:   context.Cause(ctx),
		ended:   ctx.Err(),
	})
}

type result[T any] struct {
	StatusResult[T]
	err error
}

// requests are those in flight, as many as results can hold.
type requests[T any] struct {
	next     func() (OrderRef, bool)
	ended    bool
	inFlight int
	pace     pace
	results  chan result[T]
}

// start starts the requests that may start now. If the pace allows the next one later, the channel
// says when.
func (r *requests[T]) start(ctx context.Context, status func(context.Context, OrderRef) (*T, error)) <-chan time.Time {
	for !r.ended && r.inFlight < cap(r.results) {
		if pause := r.pace.pause(); pause > 0 {
			return time.After(pause)
		}
		order, ok := r.next()
		if !ok {
			r.ended = true
			break
		}
		r.pace.started()
		r.inFlight++
		go func() {
			status, err := status(ctx, order)
			r.results <- result[T]{StatusResult[T]{order, status}, err}
		}()
	}
	return nil
}

// pace limits the requests that are started per second.
type pace struct {
	interval time.Duration
	next     time.Time
}

func newPace(rate float64) pace {
	if rate == 0 {
		return pace{}
	}
	return pace{interval: time.Duration(float64(time.Second) / rate)}
}

func (p *pace) pause() time.Duration { return time.Until(p.next) }

func (p *pace) started() { p.next = time.Now().Add(p.interval) }
