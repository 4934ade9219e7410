//! Parses a response of which only the start may have arrived.

/// A complete response.
#[derive(Clone, Copy, Debug)]
pub(super) struct Response<'a> {
    pub(super) status: u16,
    pub(super) body: &'a [u8],
}

/// Parses the response at the start of `bytes`, if it is complete.
pub(super) fn parse_complete(bytes: &[u8]) -> Option<Response<'_>> {
    const END: &[u8] = b"\r\n\r\n";
    let head = bytes.windows(END.len()).position(|window| window == END)?;
    let (head, body) = bytes.split_at_checked(head + END.len())?;
    let mut lines = str::from_utf8(head).ok()?.lines();
    let status = lines.next()?.strip_prefix("HTTP/1.1 ")?;
    let length = lines.find_map(|line| line.strip_prefix("Content-Length: "))?;
    Some(Response {
        status: status.get(..3)?.parse().ok()?,
        body: body.get(..length.parse().ok()?)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_complete_response_is_parsed() {
        let response = b"HTTP/1.1 200 OK\r\nX: 1\r\nContent-Length: 2\r\n\r\n{}";
        let parsed = parse_complete(response).unwrap();
        assert_eq!((parsed.status, parsed.body), (200, &b"{}"[..]));
        assert!(parse_complete(&[&response[..], b"more"].concat()).is_some());
        for length in 0..response.len() {
            assert!(parse_complete(&response[..length]).is_none(), "{length}");
        }
    }
}
