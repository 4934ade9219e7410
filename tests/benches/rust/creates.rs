//! The peer of `alikassa payouts run`: creates the payouts of a list with the core alone, on threads
//! that share a client. The settings are those of the environment.

use std::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use alikassa::binding::{OptionValue, environment};
use alikassa::{Client, PayoutRequest};

const THREADS: usize = 16;

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let list = std::env::args().nth(1).ok_or("pass the list")?;
    let payouts = read(&list)?;
    let client = connect()?;
    let next = AtomicUsize::new(0);
    let create = || {
        while let Some(payout) = payouts.get(next.fetch_add(1, Ordering::Relaxed)) {
            client.payouts().create(payout.clone())?;
        }
        Ok(())
    };
    let results: Vec<alikassa::Result<()>> = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(create)).collect();
        let results = threads.into_iter().map(thread::ScopedJoinHandle::join);
        results.filter_map(Result::ok).collect()
    });
    if results.len() < THREADS {
        return Err("a thread ended by a panic".into());
    }
    results.into_iter().collect::<alikassa::Result<()>>()?;
    client.close();
    Ok(())
}

fn read(list: &str) -> Result<Vec<PayoutRequest>, Box<dyn Error + Send + Sync>> {
    let mut reader = csv::Reader::from_path(list)?;
    let payouts = reader.records().map(|record| {
        let record = record?;
        let cell = |place| record.get(place).unwrap_or_default();
        Ok(PayoutRequest::new(cell(0), cell(1), cell(2), cell(3)))
    });
    payouts.collect()
}

fn connect() -> alikassa::Result<Client> {
    let mut settings = environment(|_| false)?;
    let account = settings
        .extract_if(.., |(name, _)| *name == "account")
        .next();
    let account = match account {
        Some((_, OptionValue::Text(account))) => account,
        _ => String::new(),
    };
    let mut builder = Client::builder(account);
    for (name, value) in settings {
        builder = builder.set(name, value)?;
    }
    builder.build()
}
