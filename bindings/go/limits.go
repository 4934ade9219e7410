package alikassa

// Limits say what creates of an operation may be sent, for the option Limits of a client, by the
// name of the operation: [PaymentsCreate] or [PayoutsCreate].
//
// A create that a limit refuses is a [GuardError], and nothing is sent. An order that the ledger
// has is a [DuplicateOrderError], whatever the limits say. A limit with its zero value does not
// exist; an operation without any is refused when the client is made.
type Limits struct {
	// The largest amount of one create, such as "5000.00".
	MaxAmount Amount

	// The largest sum of the creates of a day. It needs a ledger.
	//
	// A day counts every attempt that was or may have been carried out, on the day on which it
	// began, whoever sent it: not those that were rejected or not sent.
	MaxPerDay Amount

	// The largest number of creates of a day, counted as for MaxPerDay.
	MaxCountPerDay int64

	// The zone of the days: an offset such as +03:00, or a name such as Europe/Moscow, which needs
	// the system's tzdata. The default is UTC.
	Zone string

	// The services that may be used.
	AllowedServices []string

	// The accounts, cards and phones that may be paid to.
	AllowedNumbers []string

	// Decides about numbers in place of AllowedNumbers. It runs on the goroutine of the create,
	// before the call starts, and no timeout limits it. If it returns an error or panics, the
	// create is refused, and the error is the Cause.
	AllowNumber func(number string) (bool, error)
}

// isEmpty returns whether there is no limit.
func (l *Limits) isEmpty() bool {
	return l.MaxAmount == "" && l.MaxPerDay == "" && l.MaxCountPerDay == 0 && l.AllowedServices == nil &&
		l.AllowedNumbers == nil && l.AllowNumber == nil
}

func (l *Limits) object() Object {
	o := appendSet(nil, "max_amount", l.MaxAmount)
	o = appendSet(o, "max_per_day", l.MaxPerDay)
	o = appendSet(o, "max_count_per_day", l.MaxCountPerDay)
	o = appendSet(o, "zone", l.Zone)
	if l.AllowedServices != nil {
		o = append(o, Field{"allowed_services", l.AllowedServices})
	}
	if l.AllowedNumbers != nil {
		o = append(o, Field{"allowed_numbers", l.AllowedNumbers})
	}
	return o
}
