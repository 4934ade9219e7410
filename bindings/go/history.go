package alikassa

import (
	"context"
	"iter"
	"slices"
)

// IterHistory iterates over the payments of the history; each page is requested when it is needed.
// A timeout and a deadline are for each page. An error ends the iteration.
//
// A payment that is created meanwhile shifts the later ones, so a payment can be yielded twice:
// recognise it by its ID. A page that repeats the page before it is a [ProtocolError].
//
// Source: the payment history page.
func (r Payments) IterHistory(ctx context.Context, request HistoryRequest, options ...CallOption) iter.Seq2[*HistoryPayment, error] {
	return func(yield func(*HistoryPayment, error) bool) {
		request := request
		if request.Page == 0 {
			request.Page = 1
		}
		for previous := []int64(nil); ; request.Page++ {
			page, err := r.History(ctx, request, options...)
			if err != nil {
				yield(nil, err)
				return
			}
			var ids []int64
			for i := range page.Data {
				ids = append(ids, page.Data[i].ID)
			}
			if len(ids) > 0 && slices.Equal(ids, previous) {
				yield(nil, classified(&AliKassaError{
					Code:      CodeProtocol,
					Message:   "a page of the history repeats the previous page",
					Operation: "payments.history",
				}))
				return
			}
			for i := range page.Data {
				if !yield(&page.Data[i], nil) {
					return
				}
			}
			isLast := page.Meta != nil && page.Meta.LastPage != nil && request.Page >= *page.Meta.LastPage
			if len(ids) == 0 || isLast {
				return
			}
			previous = ids
		}
	}
}
