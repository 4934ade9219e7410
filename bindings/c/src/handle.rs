//! Handles: what a C program holds is a ticket, the number of a slot and of its use, dressed as a pointer. It is
//! looked up and never followed, so that a stale or foreign one is found out instead of being undefined.

use std::any::Any;
use std::ptr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use alikassa::Error;

use crate::error::Failure;

/// A handle's type in C, which is never made, and the type of the object it stands for. No two handles share one
/// type of object: that is how one kind of handle is told from another.
pub(crate) trait Handle {
    type Object: Any + Send + Sync;
    const NAME: &'static str;
}

/// A new handle for the object.
pub(crate) fn issue<H: Handle>(object: H::Object) -> Result<*mut H, Failure> {
    let ticket = table()
        .put(Arc::new(object))
        .ok_or_else(|| Error::internal("there are no more handles"))?;
    Ok(ptr::without_provenance_mut(ticket.to_bits()))
}

/// The object behind a live handle. It lives on until the last call that uses it ends.
pub(crate) fn get<H: Handle>(handle: *const H) -> Result<Arc<H::Object>, Failure> {
    Ticket::from_bits(handle.addr())
        .and_then(|ticket| table().get(ticket))
        .and_then(|object| object.downcast().ok())
        .ok_or_else(|| Failure::bad_handle(H::NAME))
}

/// Ends a handle, if it is a live one of this kind.
pub(crate) fn release<H: Handle>(handle: *mut H) {
    let taken = Ticket::from_bits(handle.addr())
        .and_then(|ticket| table().take(ticket, |object| object.is::<H::Object>()));
    // The lock is free again: what dies here may take its time.
    drop(taken);
}

type Object = Arc<dyn Any + Send + Sync>;

/// Half of a pointer's bits for the use, half for the slot, of which the lowest is set: no object that needs
/// alignment has such an address.
#[derive(Clone, Copy)]
struct Ticket {
    slot: usize,
    generation: usize,
}

const HALF: u32 = usize::BITS / 2;
const MAX_SLOT: usize = (1 << (HALF - 1)) - 1;
const MAX_GENERATION: usize = (1 << HALF) - 1;

impl Ticket {
    fn to_bits(self) -> usize {
        (self.generation << HALF) | (self.slot << 1) | 1
    }

    fn from_bits(bits: usize) -> Option<Self> {
        (bits & 1 == 1).then_some(Self {
            slot: (bits & MAX_GENERATION) >> 1,
            generation: bits >> HALF,
        })
    }
}

struct Table {
    slots: Vec<Slot>,
    free: Vec<usize>,
}

struct Slot {
    generation: usize,
    object: Option<Object>,
}

impl Table {
    fn put(&mut self, object: Object) -> Option<Ticket> {
        let index = self.free.pop().unwrap_or(self.slots.len());
        if index == self.slots.len() && index <= MAX_SLOT {
            self.slots.push(Slot {
                generation: 0,
                object: None,
            });
        }
        let slot = self.slots.get_mut(index)?;
        slot.object = Some(object);
        Some(Ticket {
            slot: index,
            generation: slot.generation,
        })
    }

    fn get(&self, ticket: Ticket) -> Option<Object> {
        let slot = self.slots.get(ticket.slot)?;
        slot.object
            .clone()
            .filter(|_| slot.generation == ticket.generation)
    }

    fn take(&mut self, ticket: Ticket, is_right: impl Fn(&Object) -> bool) -> Option<Object> {
        let slot = self.slots.get_mut(ticket.slot)?;
        if slot.generation != ticket.generation || !slot.object.as_ref().is_some_and(is_right) {
            return None;
        }
        // A slot whose generations are used up is left empty for good: no ticket is given out twice.
        if slot.generation < MAX_GENERATION {
            slot.generation += 1;
            self.free.push(ticket.slot);
        }
        slot.object.take()
    }
}

static TABLE: Mutex<Table> = Mutex::new(Table {
    slots: Vec::new(),
    free: Vec::new(),
});

fn table() -> MutexGuard<'static, Table> {
    #[cfg(unix)]
    fork::prepare();
    TABLE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A child of `fork` has the threads of its parent no more, but the locks they held. So nobody forks while
/// another thread is at the table.
#[cfg(unix)]
mod fork {
    use std::cell::Cell;
    use std::sync::{MutexGuard, Once, PoisonError};

    use super::{TABLE, Table};

    static REGISTERED: Once = Once::new();

    thread_local! {
        static HELD: Cell<Option<MutexGuard<'static, Table>>> = const { Cell::new(None) };
    }

    pub(super) fn prepare() {
        REGISTERED.call_once(|| {
            // SAFETY: the three functions live as long as the library, which is never unloaded, and do not panic.
            unsafe { libc::pthread_atfork(Some(before), Some(after), Some(after)) };
        });
    }

    extern "C" fn before() {
        let guard = TABLE.lock().unwrap_or_else(PoisonError::into_inner);
        // A thread at its very end has no `HELD` any more; it forks unguarded.
        let _ = HELD.try_with(|held| held.set(Some(guard)));
    }

    extern "C" fn after() {
        let _ = HELD.try_with(Cell::take);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct One(u8);
    struct Other;

    impl Handle for One {
        type Object = Self;
        const NAME: &'static str = "one";
    }

    impl Handle for Other {
        type Object = Self;
        const NAME: &'static str = "other";
    }

    fn is_bad<T>(result: &Result<T, Failure>) -> bool {
        result
            .as_ref()
            .is_err_and(|failure| failure.status() == crate::error::ALIKASSA_STATUS_BAD_HANDLE)
    }

    #[test]
    fn finds_a_live_handle_and_no_other() {
        let one: *mut One = issue(One(7)).ok().unwrap();
        assert_eq!(get(one).ok().unwrap().0, 7);
        assert!(is_bad(&get::<Other>(one.cast())));
        assert!(is_bad(&get::<One>(ptr::null())));
        assert!(is_bad(&get::<One>(&raw const *Box::new(One(8)))));
        assert!(is_bad(&get::<One>(one.wrapping_byte_sub(1))));
        release(one);
        assert!(is_bad(&get(one)));
    }

    #[test]
    fn a_stale_handle_frees_nothing_that_came_after_it() {
        let mut table = Table {
            slots: Vec::new(),
            free: Vec::new(),
        };
        let first = table.put(Arc::new(1)).unwrap();
        assert!(table.take(first, |_| true).is_some());
        let second = table.put(Arc::new(2)).unwrap();
        assert_eq!(first.slot, second.slot);
        assert!(table.take(first, |_| true).is_none());
        assert!(table.get(first).is_none());
        assert!(table.get(second).is_some());
    }

    #[test]
    fn no_ticket_is_given_out_twice() {
        let mut table = Table {
            slots: vec![Slot {
                generation: MAX_GENERATION,
                object: None,
            }],
            free: vec![0],
        };
        let last = table.put(Arc::new(1)).unwrap();
        assert_eq!((last.slot, last.generation), (0, MAX_GENERATION));
        table.take(last, |_| true);
        assert_eq!(table.put(Arc::new(2)).unwrap().slot, 1);
        assert!(table.get(last).is_none());
    }

    #[test]
    fn a_wrong_kind_is_not_freed() {
        let one: *mut One = issue(One(7)).ok().unwrap();
        release(one.cast::<Other>());
        assert!(get(one).is_ok());
        release(one);
    }
}
