//! Counts the TLS records in the bytes that a client sent.

/// The size of a TLS record header in bytes.
const HEAD: usize = 5;

/// The size of the first TLS record that a client sent, its `ClientHello`.
pub(super) fn first_record(sent: &[u8]) -> usize {
    match *sent {
        [_, _, _, high, low, ..] => HEAD + usize::from(u16::from_be_bytes([high, low])),
        _ => 0,
    }
}

/// The number of encrypted TLS records that a client has begun to send. The first finishes its
/// handshake (TLS 1.3), and the second starts its request.
pub(super) fn encrypted_records(mut sent: &[u8]) -> usize {
    const ENCRYPTED: u8 = 23;
    let mut records = 0;
    while let [kind, _, _, _, _, ..] = *sent {
        records += usize::from(kind == ENCRYPTED);
        sent = sent.get(first_record(sent)..).unwrap_or_default();
    }
    records
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encrypted_records_are_counted_when_their_header_is_complete() {
        let handshake = [22, 3, 3, 0, 2, 1, 2];
        let finished = [23, 3, 3, 0, 1, 9];
        let sent = [&handshake[..], &finished, &finished[..5]].concat();
        assert_eq!((first_record(&sent[..4]), first_record(&sent)), (0, 7));
        assert_eq!(encrypted_records(&sent[..11]), 0);
        assert_eq!(encrypted_records(&sent[..13]), 1);
        assert_eq!(encrypted_records(&sent), 2);
    }
}
