//! The arguments of a call: bytes and handles.

use std::ffi::c_char;
use std::ptr;
use std::sync::LazyLock;

use arbitrary::Arbitrary;

use crate::table::pick;

/// A closed port, so that no call gets further than a refused connection.
pub(crate) const CLOSED: &[u8] = b"http://127.0.0.1:1";

pub(crate) const ACCOUNT: &[u8] = b"93d5df06-996c-48c3-9847-348d6b580b80";

pub(crate) const CREATE: &[u8] = b"payouts.create";

/// Texts that a fuzzer finds only after a long time.
static TEXTS: [&[u8]; 24] = [
    CLOSED,
    b"",
    ACCOUNT,
    b"sha1",
    b"sha256",
    b"auto",
    b"payment",
    b"payout",
    b"system",
    b"v1/payout/status",
    CREATE,
    b"payment_status",
    b"application/json",
    b"{\"id\":\"100000536\"}",
    b"{\"order_id\":\"A-1\",\"amount\":\"1.00\"}",
    b"{\"order_id\":\"A-1\",\"amount\":\"1.00\",\"service\":\"s\",\"number\":\"4111111111111111\"}",
    b"{\"order_id\":\"A-1\",\"amount\":\"1.00\",\"service\":\"s\",\"customer_ip\":\"127.0.0.1\"}",
    b"A-1",
    b"http://127.0.0.1:1/?query",
    b"not a secret: rsa1024",
    include_bytes!("../../../../tests/vectors/keys/rsa1024/private.pem"),
    include_bytes!("../../../../tests/vectors/keys/rsa1024/public.pem"),
    include_bytes!("../../notification.query"),
    b"order_id=A-1&uuid=u&sign=AAAA",
];

/// The path of the ledger.
pub(crate) static LEDGER: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let path = std::env::temp_dir().join(format!("alikassa-fuzz-{}.sqlite", std::process::id()));
    path.into_os_string().into_encoded_bytes()
});

/// The path of the ledger's copy.
pub(crate) static COPY: LazyLock<Vec<u8>> = LazyLock::new(|| [&LEDGER[..], b".copy"].concat());

/// Bytes of the caller. Their allocation has their exact length, so that the sanitizer reports a
/// read past the end.
#[derive(Arbitrary, Debug)]
pub(crate) enum Bytes {
    Null,
    NullWithLength(usize),
    Empty,
    TooLong,
    Known(u8),
    Own(Vec<u8>),
}

pub(crate) struct Argument {
    memory: Option<Box<[u8]>>,
    pub(crate) len: usize,
}

impl Argument {
    pub(crate) fn data(&self) -> *const c_char {
        self.memory
            .as_ref()
            .map_or(ptr::null(), |memory| memory.as_ptr().cast())
    }
}

impl Bytes {
    pub(crate) fn of(bytes: &[u8]) -> Argument {
        Argument {
            len: bytes.len(),
            memory: Some(bytes.into()),
        }
    }

    pub(crate) fn argument(&self) -> Argument {
        let of = Self::of;
        match self {
            Self::Null => Argument {
                memory: None,
                len: 0,
            },
            Self::NullWithLength(len) => Argument {
                memory: None,
                len: *len,
            },
            Self::Empty => of(&[]),
            Self::TooLong => Argument {
                len: usize::MAX,
                ..of(b"a")
            },
            Self::Known(which) => of(pick::<&[u8]>(&TEXTS, *which)),
            Self::Own(bytes) => of(bytes),
        }
    }
}

/// A handle of the caller: one that a function returned, of any kind and perhaps freed, or none.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub(crate) enum HandleChoice {
    Known(u8),
    Latest,
    Invented(usize),
    Null,
}
