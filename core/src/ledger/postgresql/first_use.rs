//! The pool of a database, which is made on first use: until then a client can set the roots.

use std::sync::{Mutex, OnceLock, PoisonError};

use crate::net::tls::TlsRoots;
use crate::postgresql::{Pool, Target};

pub(super) struct LazyPool {
    pool: OnceLock<Pool>,
    /// None once there is a pool.
    target: Mutex<Option<Target>>,
}

impl LazyPool {
    pub(super) fn new(target: Target) -> Self {
        Self {
            pool: OnceLock::new(),
            target: Mutex::new(Some(target)),
        }
    }

    /// Replaces the default roots. After the first use this changes nothing.
    pub(super) fn trust(&self, roots: &TlsRoots) {
        let mut target = self.target.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(target) = &mut *target {
            target.trust(roots);
        }
    }

    pub(super) fn get(&self) -> &Pool {
        self.pool.get_or_init(|| {
            let mut target = self.target.lock().unwrap_or_else(PoisonError::into_inner);
            let target = target.take();
            Pool::new(target.unwrap_or_else(|| unreachable!("a pool is made once")))
        })
    }
}
