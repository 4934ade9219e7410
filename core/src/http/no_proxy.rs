//! `NO_PROXY`: the hosts that are connected to without the proxy of the environment.

use std::net::IpAddr;

use crate::net::server::{Server, parse_port};

/// Whether an entry of the list names the server. Entries are separated by commas or blanks:
///
/// - `*` names every server.
/// - A name names itself and everything below it, with or without `.` or `*.` before it.
/// - An address names itself, `address/bits` its network. Names are not resolved for this.
/// - `:port` after a name or address limits it to this port.
///
/// Any other entry names nothing.
pub(super) fn names(list: &str, server: &Server) -> bool {
    list.split(|c: char| c == ',' || c.is_whitespace())
        .any(|entry| entry_names(entry, server))
}

fn entry_names(entry: &str, server: &Server) -> bool {
    if entry == "*" {
        return true;
    }
    let (host, port) = split_port(entry);
    if port.is_some_and(|port| parse_port(port) != Some(server.port)) {
        return false;
    }
    match server.address() {
        Some(address) => address_names(host, address),
        None => name_names(host, &server.host),
    }
}

/// Splits the port off. An IPv6 address has one only after brackets.
fn split_port(entry: &str) -> (&str, Option<&str>) {
    if let Some(bracketed) = entry.strip_prefix('[') {
        return match bracketed.split_once(']') {
            Some((host, "")) => (host, None),
            Some((host, port)) => (host, port.strip_prefix(':').or(Some(port))),
            None => ("", None),
        };
    }
    match entry.split_once(':') {
        Some((host, port)) if !port.contains(':') => (host, Some(port)),
        _ => (entry, None),
    }
}

fn address_names(entry: &str, address: IpAddr) -> bool {
    let Some((network, bits)) = entry.split_once('/') else {
        return entry.parse() == Ok(address);
    };
    match (network.parse(), bits.parse()) {
        (Ok(network), Ok(bits)) => is_in_network(address, network, bits),
        _ => false,
    }
}

fn is_in_network(address: IpAddr, network: IpAddr, bits: u32) -> bool {
    let (difference, size) = match (address, network) {
        (IpAddr::V4(address), IpAddr::V4(network)) => {
            (u128::from(address.to_bits() ^ network.to_bits()), 32)
        }
        (IpAddr::V6(address), IpAddr::V6(network)) => (address.to_bits() ^ network.to_bits(), 128),
        _ => return false,
    };
    bits <= size && difference.checked_shr(size - bits).unwrap_or(0) == 0
}

fn name_names(entry: &str, host: &str) -> bool {
    let name = entry.strip_prefix('*').unwrap_or(entry);
    let name = name.strip_prefix('.').unwrap_or(name);
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let below = host.strip_suffix(&name);
    !name.is_empty() && below.is_some_and(|below| below.is_empty() || below.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(host: &str, port: u16) -> Server {
        Server {
            host: host.to_owned(),
            port,
            tls: true,
        }
    }

    #[test]
    fn a_list_names_hosts_by_name_suffix_port_address_and_network() {
        for (list, host) in [
            ("*", "host.test"),
            ("a.test, *", "host.test"),
            ("host.test", "host.test"),
            ("HOST.test.", "host.TEST"),
            ("host.test", "api.host.test"),
            (".host.test", "api.host.test"),
            (".host.test", "host.test"),
            ("*.host.test", "api.host.test"),
            ("a.test,host.test", "host.test"),
            ("a.test host.test", "host.test"),
            (" a.test ,\t host.test\n", "host.test"),
            ("host.test:443", "host.test"),
            ("192.0.2.7", "192.0.2.7"),
            ("192.0.2.7:443", "192.0.2.7"),
            ("192.0.2.0/24", "192.0.2.7"),
            ("192.0.2.6/31", "192.0.2.7"),
            ("192.0.2.7/32", "192.0.2.7"),
            ("0.0.0.0/0", "192.0.2.7"),
            ("2001:db8::7", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("[2001:db8:0::7]:443", "2001:db8::7"),
            ("2001:db8::/32", "2001:db8::7"),
            ("::/0", "2001:db8::7"),
        ] {
            assert!(names(list, &server(host, 443)), "{list:?} {host}");
        }
    }

    #[test]
    fn nothing_else_is_named() {
        for (list, host) in [
            ("", "host.test"),
            (",", "host.test"),
            (".", "host.test"),
            ("*.", "host.test"),
            ("**", "host.test"),
            ("ost.test", "host.test"),
            ("host.tes", "host.test"),
            ("api.host.test", "host.test"),
            ("host.test:44", "host.test"),
            ("host.test:", "host.test"),
            ("host.test:x", "host.test"),
            ("https://host.test", "host.test"),
            ("0.2.7", "192.0.2.7"),
            (".2.7", "192.0.2.7"),
            ("192.0.2.8", "192.0.2.7"),
            ("192.0.2.7:80", "192.0.2.7"),
            ("192.0.2.8/31", "192.0.2.7"),
            ("192.0.2.0/33", "192.0.2.7"),
            ("192.0.2.0/", "192.0.2.7"),
            ("192.0.2.0/-1", "192.0.2.7"),
            ("::/0", "192.0.2.7"),
            ("192.0.2.0/24", "host.test"),
            ("2001:db8::8", "2001:db8::7"),
            ("[2001:db8::7]:80", "2001:db8::7"),
            ("[2001:db8::7]443x", "2001:db8::7"),
            ("[2001:db8::7", "2001:db8::7"),
            ("2001:db9::/32", "2001:db8::7"),
        ] {
            assert!(!names(list, &server(host, 443)), "{list:?} {host}");
        }
    }
}
