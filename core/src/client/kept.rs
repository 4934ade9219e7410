//! Clients kept by name in the process, for runtimes that share nothing between two requests.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::client::Client;
use crate::error::{Error, Result};
use crate::sync::process_local::ProcessLocal;

/// The limit of kept clients. The one that was not used for the longest time is released.
const MAX_KEPT: usize = 64;

/// The maximum length of a name, in bytes.
const MAX_NAME: usize = 255;

/// The kept clients with their names, the one that was used last at the end.
type Kept = Mutex<Vec<(String, Client)>>;

/// A child of `fork` has none.
static KEPT: ProcessLocal<Kept, fn() -> Kept> = ProcessLocal::lazy(Kept::default);

#[doc(hidden)]
impl Client {
    /// Keeps this client by `name` in the process, in place of the one that has this name.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) if the name is empty or longer than
    /// 255 bytes.
    pub fn keep(&self, name: &str) -> Result<()> {
        check(name)?;
        let kept = KEPT.get();
        let mut clients = lock(&kept);
        let mut released = take(&mut clients, name);
        if clients.len() == MAX_KEPT {
            released = Some(clients.remove(0).1);
        }
        clients.push((name.to_owned(), self.clone()));
        drop(clients);
        // Without the lock: this can call a function of the program.
        drop(released);
        Ok(())
    }
}

/// The client that is kept by `name`. One that was closed meanwhile is released.
///
/// # Errors
/// As [`Client::keep`].
pub fn kept(name: &str) -> Result<Option<Client>> {
    check(name)?;
    let kept = KEPT.get();
    let mut clients = lock(&kept);
    let Some(client) = take(&mut clients, name) else {
        return Ok(None);
    };
    if !client.shared.is_closed(&client.account) {
        clients.push((name.to_owned(), client.clone()));
        return Ok(Some(client));
    }
    drop(clients);
    // Without the lock: this can call a function of the program.
    drop(client);
    Ok(None)
}

/// Releases the client that is kept by `name`, if there is one.
///
/// # Errors
/// As [`Client::keep`].
pub fn unkeep(name: &str) -> Result<()> {
    check(name)?;
    let kept = KEPT.get();
    let released = take(&mut lock(&kept), name);
    // Without the lock: this can call a function of the program.
    drop(released);
    Ok(())
}

fn take(clients: &mut MutexGuard<'_, Vec<(String, Client)>>, name: &str) -> Option<Client> {
    let index = clients.iter().position(|(other, _)| other == name)?;
    Some(clients.remove(index).1)
}

fn lock(kept: &Arc<Kept>) -> MutexGuard<'_, Vec<(String, Client)>> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

fn check(name: &str) -> Result<()> {
    if (1..=MAX_NAME).contains(&name.len()) {
        return Ok(());
    }
    let message = format!("name: pass 1 to {MAX_NAME} bytes");
    Err(Error::invalid_argument("name", "length", message))
}
