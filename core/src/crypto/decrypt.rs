//! Decrypting private keys: PKCS#8 and PKCS#1, plain or encrypted with the defaults of OpenSSL,
//! PHP, phpseclib and old tools. `tests/vectors/keys.json` lists the supported files.

use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockCipherDecrypt, BlockModeDecrypt, KeyInit, KeyIvInit};
use md5::{Digest, Md5};
use pkcs5::pbes2;
use rsa::pkcs8::der::asn1::OctetStringRef;
use rsa::pkcs8::der::{Decode, Reader, SliceReader};
use rsa::pkcs8::spki::AlgorithmIdentifierRef;
use sha1::Sha1;
use zeroize::Zeroizing;

use super::error::{Failure, Reason, wrong_kind};
use super::pem::Block;
use crate::types::text::shortened;

/// The maximum number of rounds of a key derivation: 10 million take about 2 s. OpenSSL's default
/// is enough for a fuzzer.
const MAX_ROUNDS: u32 = if cfg!(fuzzing) { 2048 } else { 10_000_000 };

/// The limit for the bytes that all passes of scrypt write to memory together: about 1 s.
const MAX_SCRYPT_WORK: u64 = if cfg!(fuzzing) { 16 << 10 } else { 256 << 20 };

/// The maximum length of a password in OpenSSL, in bytes.
const MAX_PASSWORD: usize = 1023;

const CONVERT: &str =
    "convert it: openssl pkcs8 -topk8 -v2 aes-256-cbc -in private.pem -out new.pem";

/// An unencrypted private key.
pub(super) enum KeyDer {
    Pkcs1(Zeroizing<Vec<u8>>),
    Pkcs8(Zeroizing<Vec<u8>>),
}

/// Returns the private key in `block`, decrypted if it is encrypted.
pub(super) fn open(block: &Block, password: Option<&[u8]>) -> Result<KeyDer, Failure> {
    match block.label.as_str() {
        "PRIVATE KEY" => Ok(KeyDer::Pkcs8(block.der.clone())),
        "ENCRYPTED PRIVATE KEY" => {
            decrypt_pkcs8(&block.der, check_password(password)?).map(KeyDer::Pkcs8)
        }
        "RSA PRIVATE KEY" => match &block.dek_info {
            None => Ok(KeyDer::Pkcs1(block.der.clone())),
            Some(dek_info) => {
                decrypt_traditional(dek_info, &block.der, password).map(KeyDer::Pkcs1)
            }
        },
        "OPENSSH PRIVATE KEY" => Err(unsupported(
            "an OpenSSH key; export it with ssh-keygen -p -m PEM",
        )),
        label => Err(wrong_kind(label, "an RSA private key")),
    }
}

fn check_password(password: Option<&[u8]>) -> Result<&[u8], Failure> {
    match password {
        None | Some([]) => {
            Err(Reason::NeedsPassword.failure("the key is encrypted and there is no password"))
        }
        Some(password) if password.len() > MAX_PASSWORD || password.contains(&0) => {
            Err(Reason::WrongPassword
                .failure("the password contains a NUL or is longer than 1023 bytes"))
        }
        Some(password) => Ok(password),
    }
}

fn wrong_password() -> Failure {
    Reason::WrongPassword.failure("the password does not open this key")
}

fn unsupported(what: &str) -> Failure {
    Reason::Unsupported.failure(format!("{what} is not supported; {CONVERT}"))
}

/// `EncryptedPrivateKeyInfo` of RFC 5958, dispatched on the scheme's OID.
fn decrypt_pkcs8(der: &[u8], password: &[u8]) -> Result<Zeroizing<Vec<u8>>, Failure> {
    const PBES2: &str = "1.2.840.113549.1.5.13";
    let (algorithm, data) = read_encrypted(der)
        .map_err(|_| Reason::Malformed.failure("the DER of the encrypted key is damaged"))?;
    let oid = algorithm.oid.to_string();
    if oid == PBES2 {
        return decrypt_pbes2(&algorithm, data, password);
    }
    let scheme = Pbes1::from_oid(&oid).ok_or_else(|| unsupported(&format!("the cipher {oid}")))?;
    let (salt, rounds) = read_pbes1(&algorithm)
        .map_err(|_| Reason::Malformed.failure("the cipher's parameters are damaged"))?;
    check_rounds(rounds)?;
    scheme.decrypt(data, password, salt, rounds)
}

fn read_encrypted(der: &[u8]) -> rsa::pkcs8::der::Result<(AlgorithmIdentifierRef<'_>, &[u8])> {
    let mut reader = SliceReader::new(der)?;
    let parts = reader.sequence(|reader| {
        let algorithm = AlgorithmIdentifierRef::decode(reader)?;
        let data = <&OctetStringRef>::decode(reader)?;
        Ok::<_, rsa::pkcs8::der::Error>((algorithm, data.as_bytes()))
    })?;
    reader.finish()?;
    Ok(parts)
}

fn decrypt_pbes2(
    algorithm: &AlgorithmIdentifierRef<'_>,
    data: &[u8],
    password: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let unsupported_pbes2 = || unsupported("this cipher or key derivation of PBES2");
    let parameters = read_pbes2(algorithm).ok_or_else(unsupported_pbes2)?;
    check_cost(&parameters.kdf)?;
    let mut decrypted = Zeroizing::new(data.to_vec());
    let length = match parameters.decrypt_in_place(password, &mut decrypted) {
        Ok(key) => key.len(),
        Err(pkcs5::Error::DecryptFailed) => return Err(wrong_password()),
        // No password opens this: for example, the derived key is too short for the cipher.
        Err(_) => return Err(unsupported_pbes2()),
    };
    decrypted.truncate(length);
    Ok(decrypted)
}

fn read_pbes2(algorithm: &AlgorithmIdentifierRef<'_>) -> Option<pbes2::Parameters> {
    const BLOCK: usize = 8;
    let parameters = algorithm.parameters?;
    let read_cipher = |reader: &mut _| {
        AlgorithmIdentifierRef::decode(reader)?;
        AlgorithmIdentifierRef::decode(reader)
    };
    let cipher = parameters.sequence(read_cipher).ok()?;
    let vector = cipher.parameters?.decode_as::<&OctetStringRef>().ok()?;
    // `pkcs5` checks the length of every other cipher's vector, but panics if this one is too
    // short.
    if cipher.oid == pbes2::DES_EDE3_CBC_OID && vector.as_bytes().len() != BLOCK {
        return None;
    }
    pbes2::Parameters::try_from(parameters).ok()
}

/// `pkcs5` does not enforce its own limits when it decodes.
fn check_cost(kdf: &pbes2::Kdf) -> Result<(), Failure> {
    match kdf {
        pbes2::Kdf::Pbkdf2(pbkdf2) => check_rounds(pbkdf2.iteration_count),
        pbes2::Kdf::Scrypt(scrypt) => check_scrypt(scrypt),
        _ => Err(unsupported("this key derivation")),
    }
}

fn check_scrypt(scrypt: &pbes2::ScryptParams) -> Result<(), Failure> {
    let (n, r) = (scrypt.cost_parameter, u64::from(scrypt.block_size));
    let work = n.saturating_mul(128 * r * u64::from(scrypt.parallelization));
    // `pkcs5` checks all other parameters, but it panics if N is 0, and reports a wrong password if
    // N is 1.
    if n < 2 || work > MAX_SCRYPT_WORK {
        return Err(unsupported("scrypt of this cost"));
    }
    Ok(())
}

fn check_rounds(rounds: u32) -> Result<(), Failure> {
    if rounds == 0 || rounds > MAX_ROUNDS {
        return Err(unsupported(&format!("a key derivation of {rounds} rounds")));
    }
    Ok(())
}

/// The schemes of PKCS#5 v1.5 and PKCS#12 that old tools use.
enum Pbes1 {
    Md5WithDes,
    Sha1WithDes,
    Pkcs12ThreeKeys,
    Pkcs12TwoKeys,
}

impl Pbes1 {
    fn from_oid(oid: &str) -> Option<Self> {
        match oid {
            "1.2.840.113549.1.5.3" => Some(Self::Md5WithDes),
            "1.2.840.113549.1.5.10" => Some(Self::Sha1WithDes),
            "1.2.840.113549.1.12.1.3" => Some(Self::Pkcs12ThreeKeys),
            "1.2.840.113549.1.12.1.4" => Some(Self::Pkcs12TwoKeys),
            _ => None,
        }
    }

    fn decrypt(
        &self,
        data: &[u8],
        password: &[u8],
        salt: &[u8],
        rounds: u32,
    ) -> Result<Zeroizing<Vec<u8>>, Failure> {
        match self {
            Self::Md5WithDes => {
                let derived = pbkdf1::<Md5>(password, salt, rounds);
                decrypt_cbc::<des::Des>(&derived, 8, data)
            }
            Self::Sha1WithDes => {
                let derived = pbkdf1::<Sha1>(password, salt, rounds);
                decrypt_cbc::<des::Des>(&derived, 8, data)
            }
            Self::Pkcs12ThreeKeys => {
                let derived = pkcs12_key_and_iv(password, salt, rounds, 24)?;
                decrypt_cbc::<des::TdesEde3>(&derived, 24, data)
            }
            Self::Pkcs12TwoKeys => {
                let derived = pkcs12_key_and_iv(password, salt, rounds, 16)?;
                decrypt_cbc::<des::TdesEde2>(&derived, 16, data)
            }
        }
    }
}

/// Reads `PBEParameter` of RFC 8018, with a salt of any length as in PKCS#12.
fn read_pbes1<'a>(
    algorithm: &AlgorithmIdentifierRef<'a>,
) -> rsa::pkcs8::der::Result<(&'a [u8], u32)> {
    let parameters = algorithm
        .parameters
        .ok_or(rsa::pkcs8::der::ErrorKind::Failed)?;
    parameters.sequence(|reader| {
        let salt = <&OctetStringRef>::decode(reader)?;
        Ok((salt.as_bytes(), u32::decode(reader)?))
    })
}

/// PBKDF1 of RFC 8018: 8 bytes of key and 8 bytes of initialisation vector.
fn pbkdf1<D: Digest>(password: &[u8], salt: &[u8], rounds: u32) -> Zeroizing<Vec<u8>> {
    let mut block = Zeroizing::new(
        D::new()
            .chain_update(password)
            .chain_update(salt)
            .finalize()
            .to_vec(),
    );
    for _ in 1..rounds {
        block = Zeroizing::new(D::digest(block.as_slice()).to_vec());
    }
    block.truncate(16);
    block
}

/// The key (purpose 1) and initialisation vector (purpose 2) of RFC 7292 appendix B.
fn pkcs12_key_and_iv(
    password: &[u8],
    salt: &[u8],
    rounds: u32,
    key_length: usize,
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let text = std::str::from_utf8(password).map_err(|_| wrong_password())?;
    // A character of UTF-8 has at least as many bytes as it has code units.
    let mut bmp = Zeroizing::new(Vec::with_capacity(2 * (text.len() + 1)));
    let units = text.encode_utf16().chain([0]);
    units.for_each(|unit| bmp.extend_from_slice(&unit.to_be_bytes()));
    let (key, iv) = (
        pkcs12_derive(&bmp, salt, rounds, 1, key_length),
        pkcs12_derive(&bmp, salt, rounds, 2, 8),
    );
    Ok(Zeroizing::new([key.as_slice(), &iv].concat()))
}

/// RFC 7292 appendix B.2 with SHA-1.
fn pkcs12_derive(
    password: &[u8],
    salt: &[u8],
    rounds: u32,
    purpose: u8,
    length: usize,
) -> Zeroizing<Vec<u8>> {
    const BLOCK: usize = 64;
    let filled = |bytes: &[u8]| bytes.len().div_ceil(BLOCK) * BLOCK;
    let mut input = Zeroizing::new(Vec::with_capacity(filled(salt) + filled(password)));
    for bytes in [salt, password] {
        input.extend(bytes.iter().cycle().take(filled(bytes)));
    }
    let mut derived = Zeroizing::new(Vec::with_capacity(length + 20));
    while derived.len() < length {
        let mut hash = Sha1::new()
            .chain_update([purpose; BLOCK])
            .chain_update(input.as_slice())
            .finalize();
        for _ in 1..rounds {
            hash = Sha1::digest(hash);
        }
        derived.extend_from_slice(&hash);
        let addend: Vec<u8> = hash.iter().copied().cycle().take(BLOCK).collect();
        for chunk in input.chunks_mut(BLOCK) {
            add_with_one(chunk, &addend);
        }
    }
    derived.truncate(length);
    derived
}

/// `chunk += addend + 1`, big-endian, modulo its length.
fn add_with_one(chunk: &mut [u8], addend: &[u8]) {
    let mut carry = 1_u16;
    for (byte, add) in chunk.iter_mut().zip(addend).rev() {
        let sum = u16::from(*byte) + u16::from(*add) + carry;
        carry = sum >> 8;
        *byte = sum.to_le_bytes()[0];
    }
}

/// Decrypts the traditional form: `DEK-Info: cipher,iv`, with a key from one round of MD5.
fn decrypt_traditional(
    dek_info: &str,
    data: &[u8],
    password: Option<&[u8]>,
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let damaged = || Reason::Malformed.failure("the DEK-Info header is damaged");
    let (cipher, iv) = dek_info.split_once(',').ok_or_else(damaged)?;
    let (key_length, iv_length) = match cipher {
        "DES-EDE3-CBC" => (24, 8),
        "AES-128-CBC" => (16, 16),
        "AES-192-CBC" => (24, 16),
        "AES-256-CBC" => (32, 16),
        other => {
            return Err(unsupported(&format!("the cipher {}", shortened(other))));
        }
    };
    let iv = base16ct::mixed::decode_vec(iv.trim()).map_err(|_| damaged())?;
    if iv.len() != iv_length {
        return Err(damaged());
    }
    let key = bytes_to_key(check_password(password)?, &iv, key_length);
    let derived = Zeroizing::new([key.as_slice(), &iv].concat());
    match cipher {
        "DES-EDE3-CBC" => decrypt_cbc::<des::TdesEde3>(&derived, key_length, data),
        "AES-128-CBC" => decrypt_cbc::<aes::Aes128>(&derived, key_length, data),
        "AES-192-CBC" => decrypt_cbc::<aes::Aes192>(&derived, key_length, data),
        _ => decrypt_cbc::<aes::Aes256>(&derived, key_length, data),
    }
}

/// OpenSSL's `EVP_BytesToKey` with MD5, one round, and the first 8 bytes of the vector as salt.
fn bytes_to_key(password: &[u8], iv: &[u8], length: usize) -> Zeroizing<Vec<u8>> {
    let salt = iv.get(..8).unwrap_or(iv);
    let mut key = Zeroizing::new(Vec::with_capacity(length + 64));
    let mut block = Zeroizing::new(Vec::new());
    while key.len() < length {
        let hash = Md5::new()
            .chain_update(block.as_slice())
            .chain_update(password)
            .chain_update(salt);
        block = Zeroizing::new(hash.finalize().to_vec());
        key.extend_from_slice(&block);
    }
    key.truncate(length);
    key
}

/// Decrypts CBC with PKCS#7 padding. `derived` contains the key, which has `key_length` bytes, and
/// then the initialisation vector.
fn decrypt_cbc<C: BlockCipherDecrypt + KeyInit>(
    derived: &[u8],
    key_length: usize,
    data: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    if data.is_empty() || !data.len().is_multiple_of(8) {
        // No password can decrypt this.
        return Err(Reason::Malformed.failure("the encrypted part is truncated"));
    }
    let (key, iv) = derived
        .split_at_checked(key_length)
        .ok_or_else(wrong_password)?;
    let cipher = cbc::Decryptor::<C>::new_from_slices(key, iv).map_err(|_| wrong_password())?;
    let mut decrypted = Zeroizing::new(data.to_vec());
    let padded = cipher.decrypt_padded::<Pkcs7>(&mut decrypted);
    let length = padded.map_err(|_| wrong_password())?.len();
    decrypted.truncate(length);
    Ok(decrypted)
}
