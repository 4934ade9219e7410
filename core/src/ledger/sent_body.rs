//! Whether a create has the body that was sent for its order before.

use super::entry::{Entry, Stored};

/// The bytes of the HMAC in a body's tag. The id of its key comes after it, unless an older version
/// of this library made the tag.
const HMAC_LENGTH: usize = 32;

/// What the ledger tells about the body that was sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SentBody {
    /// It is the same, byte for byte.
    Same,
    /// It is another one.
    Other,
    /// It was signed with another key, so it cannot be compared. Amount and service are the same.
    OtherKey,
    /// It is another one, or was signed with another key. Amount and service are the same.
    Unclear,
}

impl SentBody {
    /// Compares what was sent with a create.
    pub(super) fn of(sent: &Stored, create: &Entry) -> Self {
        let (sent_hmac, sent_key) = split(&sent.body_tag);
        let (hmac, key) = split(&create.body_tag);
        let row = &sent.row;
        if sent_hmac == hmac {
            Self::Same
        } else if sent_key == key || row.amount != create.amount || row.service != create.service {
            Self::Other
        } else if sent_key.is_empty() {
            Self::Unclear
        } else {
            Self::OtherKey
        }
    }
}

/// The HMAC of a tag, and the id of its key.
fn split(tag: &[u8]) -> (&[u8], &[u8]) {
    tag.split_at(tag.len().min(HMAC_LENGTH))
}
