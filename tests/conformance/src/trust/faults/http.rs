//! Reads an answer as far as it came.

/// A whole answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer<'a> {
    pub(super) status: u16,
    pub(super) body: &'a [u8],
}

/// The answer that the bytes begin with, if it is all there.
pub(super) fn whole(bytes: &[u8]) -> Option<Answer<'_>> {
    const END: &[u8] = b"\r\n\r\n";
    let head = bytes.windows(END.len()).position(|window| window == END)?;
    let (head, body) = bytes.split_at_checked(head + END.len())?;
    let mut lines = str::from_utf8(head).ok()?.lines();
    let status = lines.next()?.strip_prefix("HTTP/1.1 ")?;
    let length = lines.find_map(|line| line.strip_prefix("Content-Length: "))?;
    Some(Answer {
        status: status.get(..3)?.parse().ok()?,
        body: body.get(..length.parse().ok()?)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_answer_is_one() {
        let answer = b"HTTP/1.1 200 OK\r\nX: 1\r\nContent-Length: 2\r\n\r\n{}";
        let read = whole(answer).unwrap();
        assert_eq!((read.status, read.body), (200, &b"{}"[..]));
        assert!(whole(&[&answer[..], b"more"].concat()).is_some());
        for length in 0..answer.len() {
            assert!(whole(&answer[..length]).is_none(), "{length}");
        }
    }
}
