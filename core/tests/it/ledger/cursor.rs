//! What the bindings read rows and events with, and the words of states.

use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use alikassa::binding::LedgerCursor;
use alikassa::{Error, ErrorKind, Ledger, LedgerState, Result};

const ITEMS: u32 = 1000;

/// The items 0, 1, 2 and so on; from `failing` on an error.
fn numbers(failing: u32) -> impl Iterator<Item = Result<u32>> + Clone {
    let mut is_ended = false;
    (0..ITEMS).map_while(move |number| {
        if is_ended {
            return None;
        }
        is_ended = number == failing;
        Some(if is_ended {
            Err(Error::internal("no page"))
        } else {
            Ok(number)
        })
    })
}

fn rest<I: Clone + Iterator<Item = Result<u32>>>(cursor: &LedgerCursor<u32, I>) -> Vec<u32> {
    std::iter::from_fn(|| cursor.next().unwrap()).collect()
}

#[test]
fn each_item_comes_once_in_order() {
    let cursor = LedgerCursor::new(numbers(ITEMS));
    assert_eq!(cursor.next_read(), None);
    assert_eq!(cursor.next().unwrap(), Some(0));
    assert_eq!(cursor.next_read(), Some(1));
    assert_eq!(rest(&cursor), (2..ITEMS).collect::<Vec<_>>());
    assert_eq!(cursor.next().unwrap(), None);
    assert_eq!(cursor.next_read(), None);
}

#[test]
fn a_page_is_what_was_read_together() {
    let cursor = LedgerCursor::new(numbers(ITEMS));
    let mut read: Vec<u32> = Vec::new();
    let pages = std::iter::from_fn(|| Some(cursor.next_page().unwrap()));
    let sizes: Vec<_> = pages
        .take_while(|page| !page.is_empty())
        .map(|page| {
            read.extend(&page);
            page.len()
        })
        .collect();
    assert_eq!(sizes, [256, 256, 256, 232]);
    assert_eq!(read, (0..ITEMS).collect::<Vec<_>>());
}

#[test]
fn an_error_comes_once_after_the_items_before_it() {
    for failing in [0, 1, 255, 256, 700] {
        let cursor = LedgerCursor::new(numbers(failing));
        for number in 0..failing {
            assert_eq!(cursor.next().unwrap(), Some(number));
        }
        assert_eq!(cursor.next_read(), None);
        assert_eq!(cursor.next().unwrap_err().kind(), ErrorKind::Internal);
        assert_eq!(cursor.next().unwrap(), None);

        let cursor = LedgerCursor::new(numbers(failing));
        let mut read = 0;
        let error = loop {
            match cursor.next_page() {
                Ok(page) => read += page.len(),
                Err(error) => break error,
            }
        };
        assert_eq!(
            (read, error.kind()),
            (failing as usize, ErrorKind::Internal)
        );
        assert!(cursor.next_page().unwrap().is_empty());
    }
}

#[test]
fn threads_share_a_cursor() {
    for _ in 0..5 {
        // Slow enough that several threads read the same page.
        let slow = numbers(ITEMS).inspect(|item| {
            if item.as_ref().is_ok_and(|number| number % 64 == 0) {
                thread::sleep(Duration::from_micros(200));
            }
        });
        let cursor = LedgerCursor::new(slow);
        let read = Mutex::new(Vec::new());
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let part = rest(&cursor);
                    read.lock().unwrap().extend(part);
                });
            }
        });
        let mut read = read.into_inner().unwrap();
        read.sort_unstable();
        assert_eq!(read, (0..ITEMS).collect::<Vec<_>>());
    }
}

#[test]
fn a_state_is_parsed_from_its_word() {
    for state in LedgerState::ALL {
        assert_eq!(state.as_str().parse::<LedgerState>().unwrap(), state);
    }
    for wrong in ["", "Sending", "lost"] {
        let error = wrong.parse::<LedgerState>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert_eq!(
            (error.field(), error.reason()),
            (Some("state"), Some("state"))
        );
        assert_eq!(
            error.message(),
            "state: use one of \"sending\", \"accepted\", \"rejected\", \"not_sent\", \"unknown\", \"released\""
        );
    }
}

/// The location, which is text, would name another file.
#[cfg(unix)]
#[test]
fn a_path_that_is_not_utf8_is_refused() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let error = Ledger::new(OsStr::from_bytes(b"/tmp/ledger-\xff")).unwrap_err();
    assert_eq!(
        (error.field(), error.reason()),
        (Some("ledger"), Some("utf8"))
    );
}
