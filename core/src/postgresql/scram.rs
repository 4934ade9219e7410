//! SCRAM-SHA-256 (RFC 5802 and 7677): both sides prove that they know the password, and send
//! nothing that others could use.
//!
//! It is our own, because that of `postgres-protocol` brings the tables of Unicode for `SASLprep`,
//! 2.4 % of the shared object. A password is used as it is written. What `SASLprep` would change in
//! one, such as letters in another form than NFKC, has to be changed by the user.

use base64ct::{Base64, Encoding as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// The length of the client's part of the nonce, in bytes.
const NONCE: usize = 18;

/// The limit of iterations. The server names their number, and each takes time; its default is 4096.
const MAX_ITERATIONS: u32 = 1_000_000;

/// What the proof is bound to.
pub(super) enum Binding {
    /// Nothing, because the client cannot.
    Unsupported,
    /// Nothing, because the server does not offer it.
    NotOffered,
    /// The server's end of TLS.
    EndPoint(Vec<u8>),
}

impl Binding {
    fn header(&self) -> &'static str {
        match self {
            Self::Unsupported => "n,,",
            Self::NotOffered => "y,,",
            Self::EndPoint(_) => "p=tls-server-end-point,,",
        }
    }

    fn data(&self) -> &[u8] {
        match self {
            Self::Unsupported | Self::NotOffered => &[],
            Self::EndPoint(data) => data,
        }
    }
}

/// The client's side, which has sent its first message.
pub(super) struct Exchange {
    binding: Binding,
    nonce: String,
    first_bare: String,
}

/// What the server's last message must prove.
pub(super) struct ServerProof {
    key: Hmac<Sha256>,
    messages: String,
}

type Invalid = &'static str;

impl Exchange {
    pub(super) fn begin(binding: Binding) -> Result<Self, Invalid> {
        let mut nonce = [0; NONCE];
        // That of TLS, which a forked child does not repeat.
        let random = rustls::crypto::aws_lc_rs::default_provider().secure_random;
        let filled = random.fill(&mut nonce);
        filled.map_err(|_| "this machine has no random numbers")?;
        // The server takes the user from the start of the session.
        Ok(Self::with(binding, "", Base64::encode_string(&nonce)))
    }

    fn with(binding: Binding, user: &str, nonce: String) -> Self {
        Self {
            binding,
            first_bare: format!("n={user},r={nonce}"),
            nonce,
        }
    }

    pub(super) fn first(&self) -> String {
        format!("{}{}", self.binding.header(), self.first_bare)
    }

    /// The answer to the server's first message.
    pub(super) fn answer(
        &self,
        password: &str,
        first: &[u8],
    ) -> Result<(String, ServerProof), Invalid> {
        let (
            first,
            Challenge {
                nonce,
                salt,
                iterations,
            },
        ) = Challenge::read(first)?;
        if !nonce.starts_with(&self.nonce) || nonce.len() == self.nonce.len() {
            return Err("its nonce does not continue the client's");
        }
        if iterations == 0 || iterations > MAX_ITERATIONS {
            return Err("the number of iterations is not from 1 to 1000000");
        }
        let binding = [self.binding.header().as_bytes(), self.binding.data()].concat();
        let last = format!("c={},r={nonce}", Base64::encode_string(&binding));
        let messages = format!("{},{first},{last}", self.first_bare);

        let salted = salted(password, &salt, iterations);
        let client_key = keyed(&*salted, b"Client Key");
        let signature = keyed(&Sha256::digest(client_key), messages.as_bytes());
        let mut proof = client_key;
        for (byte, other) in proof.iter_mut().zip(signature) {
            *byte ^= other;
        }
        let server_key = keyed(&*salted, b"Server Key");
        let server = ServerProof {
            key: hmac(&server_key),
            messages,
        };
        Ok((
            format!("{last},p={}", Base64::encode_string(&proof)),
            server,
        ))
    }
}

impl ServerProof {
    /// Checks the server's last message.
    pub(super) fn check(self, last: &[u8]) -> Result<(), Invalid> {
        let signature = std::str::from_utf8(last).ok();
        let signature = signature.and_then(|last| last.strip_prefix("v="));
        let signature = signature.and_then(|signature| Base64::decode_vec(signature).ok());
        let signature = signature.ok_or("its last message is malformed")?;
        let expected = self.key.chain_update(self.messages.as_bytes());
        expected
            .verify_slice(&signature)
            .map_err(|_| "it does not know the password")
    }
}

/// The server's first message.
struct Challenge<'a> {
    nonce: &'a str,
    salt: Vec<u8>,
    iterations: u32,
}

impl<'a> Challenge<'a> {
    /// Returns also the text that it is read from.
    fn read(first: &'a [u8]) -> Result<(&'a str, Self), Invalid> {
        let malformed = "its first message is malformed";
        let first = std::str::from_utf8(first).map_err(|_| malformed)?;
        let mut fields = ["r=", "s=", "i="].into_iter().zip(first.splitn(3, ','));
        let mut field = || {
            fields
                .next()
                .and_then(|(name, field)| field.strip_prefix(name))
        };
        let nonce = field().ok_or(malformed)?;
        let salt = field().and_then(|salt| Base64::decode_vec(salt).ok());
        let iterations = field().filter(|count| count.bytes().all(|byte| byte.is_ascii_digit()));
        let iterations = iterations.and_then(|count| count.parse().ok());
        let challenge = Self {
            nonce,
            salt: salt.ok_or(malformed)?,
            iterations: iterations.ok_or(malformed)?,
        };
        Ok((first, challenge))
    }
}

/// PBKDF2 with one block.
fn salted(password: &str, salt: &[u8], iterations: u32) -> Zeroizing<[u8; 32]> {
    let keyed = hmac(password.as_bytes());
    let first = keyed.clone().chain_update(salt).chain_update([0, 0, 0, 1]);
    let mut block = first.finalize().into_bytes();
    let mut salted = Zeroizing::new(<[u8; 32]>::from(block));
    for _ in 1..iterations {
        block = keyed.clone().chain_update(block).finalize().into_bytes();
        for (byte, other) in salted.iter_mut().zip(block) {
            *byte ^= other;
        }
    }
    salted
}

fn keyed(key: &[u8], message: &[u8]) -> [u8; 32] {
    hmac(key)
        .chain_update(message)
        .finalize()
        .into_bytes()
        .into()
}

fn hmac(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).unwrap_or_else(|_| unreachable!("HMAC takes keys of every length"))
}

#[cfg(test)]
mod tests;
