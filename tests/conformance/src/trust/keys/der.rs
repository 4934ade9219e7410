//! Minimal DER: decodes a structure, so that one value can be changed and the rest encoded again.

/// A value. OCTET STRING and BIT STRING values may contain others, too.
#[derive(Clone)]
pub(super) struct Node {
    pub(super) tag: u8,
    pub(super) content: Content,
}

#[derive(Clone)]
pub(super) enum Content {
    Bytes(Vec<u8>),
    /// The nodes, after the unused-bits byte of a BIT STRING.
    Nodes(Vec<u8>, Vec<Node>),
}

const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const SEQUENCE: u8 = 0x30;
const CONSTRUCTED: u8 = 0x20;

/// Decodes all of `data`.
pub(super) fn decode(mut data: &[u8]) -> Option<Vec<Node>> {
    let mut nodes = Vec::new();
    while !data.is_empty() {
        let (tag, content, rest) = take(data)?;
        nodes.push(Node {
            tag,
            content: open(tag, content),
        });
        data = rest;
    }
    Some(nodes)
}

fn take(data: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, data) = data.split_first()?;
    let (first, data) = data.split_first()?;
    let (length, data) = if *first < 0x80 {
        (usize::from(*first), data)
    } else {
        let (length, data) = data.split_at_checked(usize::from(first & 0x7f))?;
        let add = |sum: usize, byte: &u8| sum.checked_mul(256)?.checked_add(usize::from(*byte));
        (length.iter().try_fold(0, add)?, data)
    };
    let (content, rest) = data.split_at_checked(length)?;
    Some((*tag, content, rest))
}

fn open(tag: u8, content: &[u8]) -> Content {
    let (before, inner) = match tag {
        BIT_STRING => content.split_at(content.len().min(1)),
        _ => content.split_at(0),
    };
    let holds = tag & CONSTRUCTED != 0
        || matches!(tag, BIT_STRING | OCTET_STRING) && inner.first() == Some(&SEQUENCE);
    let nodes = if holds { decode(inner) } else { None };
    match nodes {
        Some(nodes) => Content::Nodes(before.to_vec(), nodes),
        None => Content::Bytes(content.to_vec()),
    }
}

pub(super) fn encode(nodes: &[Node]) -> Vec<u8> {
    nodes.iter().flat_map(Node::encode).collect()
}

impl Node {
    fn encode(&self) -> Vec<u8> {
        let content = match &self.content {
            Content::Bytes(bytes) => bytes.clone(),
            Content::Nodes(before, nodes) => [before.clone(), encode(nodes)].concat(),
        };
        [vec![self.tag], length(content.len()), content].concat()
    }
}

fn length(length: usize) -> Vec<u8> {
    let bytes = length.to_be_bytes();
    let significant: Vec<u8> = bytes.into_iter().skip_while(|byte| *byte == 0).collect();
    match significant.as_slice() {
        [] => vec![0],
        [short @ 0..0x80] => vec![*short],
        long => [&[0x80 | u8::try_from(long.len()).unwrap_or_default()], long].concat(),
    }
}

/// Every list of nodes in the tree, outermost first, as a path of indexes.
pub(super) fn lists(nodes: &[Node]) -> Vec<Vec<usize>> {
    let mut found = vec![Vec::new()];
    for (index, node) in nodes.iter().enumerate() {
        if let Content::Nodes(_, inner) = &node.content {
            found.extend(
                lists(inner)
                    .into_iter()
                    .map(|path| [vec![index], path].concat()),
            );
        }
    }
    found
}

pub(super) fn list_at<'a>(nodes: &'a mut Vec<Node>, path: &[usize]) -> Option<&'a mut Vec<Node>> {
    match path.split_first() {
        None => Some(nodes),
        Some((index, path)) => match &mut nodes.get_mut(*index)?.content {
            Content::Nodes(_, inner) => list_at(inner, path),
            Content::Bytes(_) => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoding_and_encoding_round_trips() {
        let long = [&[0x04, 0x82, 0x01, 0x00][..], &[7; 256]].concat();
        let nested = [
            0x30, 0x09, 0x02, 0x01, 0x05, 0x03, 0x04, 0x00, 0x30, 0x01, 0x07,
        ];
        for data in [&[][..], &[0x05, 0x00], &long, &nested] {
            assert_eq!(encode(&decode(data).unwrap()), data);
        }
        assert!(decode(&[0x30, 0x05, 0x00]).is_none());
    }

    #[test]
    fn lists_inside_octet_and_bit_strings_are_found() {
        let data = [0x04, 0x04, 0x30, 0x02, 0x05, 0x00];
        let mut nodes = decode(&data).unwrap();
        let paths = lists(&nodes);
        assert_eq!(paths, [vec![], vec![0], vec![0, 0]]);
        assert_eq!(list_at(&mut nodes, &[0, 0]).unwrap().len(), 1);
    }
}
