// Package alikassa is the client library for the AliKassa merchant API: payments, payouts, the
// account, and notifications.
//
//	client, err := alikassa.New(alikassa.Options{
//		Account:    "93d5df06-996c-48c3-9847-348d6b580b80",
//		PayoutCert: alikassa.Folder("cert/payout"),
//	})
//	if err != nil {
//		return err
//	}
//	defer client.Close()
//	payout, err := client.Payouts.Status(ctx, alikassa.ByID(100000536))
//
// # Calls
//
// Any number of goroutines may share a client. Each call takes a [context.Context], which cancels
// and bounds it. Times of a context count as the deadline of the call; the client's own deadline
// remains. A call blocks its goroutine and a thread.
//
// # Creates
//
// A create sends a request at most once. If it fails, the Outcome of its error says what became of
// it: after [OutcomeUnknown] the money may have moved, so never send it again, call Resolve. Also a
// cancelled context can leave an unknown outcome.
//
// # Errors
//
// Each error is a pointer to one of the types of this package, which [errors.As] finds, also as the
// type above it:
//
//	var unknown *alikassa.OutcomeUnknownError
//	if errors.As(err, &unknown) {
//		// Money may have moved: store it, and resolve it later.
//	}
//
// An [AliKassaError] has the fields of every type. [errors.Is] finds [context.Canceled] in a
// [CancelledError], and [context.DeadlineExceeded] in a [DeadlineExceededError]. It never finds
// them in an [OutcomeUnknownError], so that no program drops one as a cancelled call.
//
// # Values
//
// An amount is a text of digits, an [Amount], and never a float. In replies, an amount, a status or
// another word that the provider did not send is empty, and any other such field is nil; [Value]
// reads the latter.
package alikassa
