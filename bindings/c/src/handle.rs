//! The handles that C programs hold: keys of a generational slot table, in values of pointer type.
//!
//! A handle is looked up and never dereferenced. So a freed handle, a handle of another type and an
//! arbitrary pointer are errors instead of undefined behaviour.

use std::any::Any;
use std::ptr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use alikassa::Error;

/// The type of a handle in C. Each has an object type of its own, because the lookup tells types of
/// handles apart by the type of the object.
pub(crate) trait Handle {
    type Object: Any + Send + Sync;
    const NAME: &'static str;
}

/// A handle, by its name, that is NULL, freed, of another type, or not a handle.
#[derive(Debug)]
pub(crate) struct InvalidHandle(pub(crate) &'static str);

/// Stores the object and returns a new handle for it.
pub(crate) fn insert<H: Handle>(object: H::Object) -> Result<*mut H, Error> {
    let key = table()
        .insert(Arc::new(object))
        .ok_or_else(|| Error::internal("there are no more handles"))?;
    Ok(ptr::without_provenance_mut(key.to_bits()))
}

/// The object of a handle. It stays alive for the caller when another thread frees the handle.
pub(crate) fn get<H: Handle>(handle: *const H) -> Result<Arc<H::Object>, InvalidHandle> {
    Key::from_bits(handle.addr())
        .and_then(|key| table().get(key))
        .and_then(|object| object.downcast().ok())
        .ok_or(InvalidHandle(H::NAME))
}

/// Frees a handle. Does nothing if the handle is invalid.
pub(crate) fn remove<H: Handle>(handle: *mut H) {
    let object = Key::from_bits(handle.addr())
        .and_then(|key| table().remove(key, |object| object.is::<H::Object>()));
    // After the statement above has released the lock: dropping a client can take long.
    drop(object);
}

type Object = Arc<dyn Any + Send + Sync>;

/// A slot and its generation: half of a pointer's bits each. The lowest bit is always set, so a key
/// never equals the address of an object with an alignment above 1.
#[derive(Clone, Copy)]
struct Key {
    slot: usize,
    generation: usize,
}

const HALF: u32 = usize::BITS / 2;
const MAX_SLOT: usize = (1 << (HALF - 1)) - 1;
const MAX_GENERATION: usize = (1 << HALF) - 1;

impl Key {
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
    fn insert(&mut self, object: Object) -> Option<Key> {
        let index = self.free.pop().unwrap_or(self.slots.len());
        if index == self.slots.len() && index <= MAX_SLOT {
            self.slots.push(Slot {
                generation: 0,
                object: None,
            });
        }
        let slot = self.slots.get_mut(index)?;
        slot.object = Some(object);
        Some(Key {
            slot: index,
            generation: slot.generation,
        })
    }

    fn get(&self, key: Key) -> Option<Object> {
        let slot = self.slots.get(key.slot)?;
        slot.object
            .clone()
            .filter(|_| slot.generation == key.generation)
    }

    fn remove(&mut self, key: Key, is_expected: impl Fn(&Object) -> bool) -> Option<Object> {
        let slot = self.slots.get_mut(key.slot)?;
        if slot.generation != key.generation || !slot.object.as_ref().is_some_and(is_expected) {
            return None;
        }
        // A slot at its last generation is never used again, so that no key is ever reused.
        if slot.generation < MAX_GENERATION {
            slot.generation += 1;
            self.free.push(key.slot);
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
    fork::register();
    TABLE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A child of `fork` inherits locks that threads of the parent held, but not the threads. So `fork`
/// waits for the lock of the table, and both processes release it afterwards.
#[cfg(unix)]
mod fork {
    use std::cell::Cell;
    use std::sync::{MutexGuard, Once, PoisonError};

    use super::{TABLE, Table};

    static REGISTERED: Once = Once::new();

    thread_local! {
        static HELD: Cell<Option<MutexGuard<'static, Table>>> = const { Cell::new(None) };
    }

    pub(super) fn register() {
        REGISTERED.call_once(|| {
            // SAFETY: the functions stay loaded, since the library is never unloaded, and do not
            // panic.
            unsafe { libc::pthread_atfork(Some(before), Some(after), Some(after)) };
        });
    }

    extern "C" fn before() {
        let guard = TABLE.lock().unwrap_or_else(PoisonError::into_inner);
        // A thread whose thread locals are destroyed has no `HELD`. It forks without the lock.
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

    #[test]
    fn finds_only_live_handles_of_the_right_type() {
        let one: *mut One = insert(One(7)).unwrap();
        assert_eq!(get(one).unwrap().0, 7);
        assert!(get::<Other>(one.cast()).is_err());
        assert!(get::<One>(ptr::null()).is_err());
        assert!(get::<One>(&raw const *Box::new(One(8))).is_err());
        assert!(get::<One>(one.wrapping_byte_sub(1)).is_err());
        remove(one);
        assert!(get(one).is_err());
    }

    #[test]
    fn a_stale_key_does_not_remove_the_next_object_in_its_slot() {
        let mut table = Table {
            slots: Vec::new(),
            free: Vec::new(),
        };
        let first = table.insert(Arc::new(1)).unwrap();
        assert!(table.remove(first, |_| true).is_some());
        let second = table.insert(Arc::new(2)).unwrap();
        assert_eq!(first.slot, second.slot);
        assert!(table.remove(first, |_| true).is_none());
        assert!(table.get(first).is_none());
        assert!(table.get(second).is_some());
    }

    #[test]
    fn no_key_is_reused() {
        let mut table = Table {
            slots: vec![Slot {
                generation: MAX_GENERATION,
                object: None,
            }],
            free: vec![0],
        };
        let last = table.insert(Arc::new(1)).unwrap();
        assert_eq!((last.slot, last.generation), (0, MAX_GENERATION));
        table.remove(last, |_| true);
        assert_eq!(table.insert(Arc::new(2)).unwrap().slot, 1);
        assert!(table.get(last).is_none());
    }

    #[test]
    fn a_handle_of_another_type_is_not_removed() {
        let one: *mut One = insert(One(7)).unwrap();
        remove(one.cast::<Other>());
        assert!(get(one).is_ok());
        remove(one);
    }
}
