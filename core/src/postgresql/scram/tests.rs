use super::*;

/// The example of RFC 7677.
const NONCE: &str = "rOprNGfwEbeRWgbNEkqO";
const FIRST: &str =
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
const ANSWER: &str = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
                      p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
const LAST: &str = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

fn exchange(binding: Binding) -> Exchange {
    Exchange::with(binding, "user", NONCE.to_owned())
}

fn answer(first: &str) -> Result<(String, ServerProof), Invalid> {
    exchange(Binding::Unsupported).answer("pencil", first.as_bytes())
}

#[test]
fn the_example_of_the_standard_is_answered() {
    let first = exchange(Binding::Unsupported).first();
    assert_eq!(first, format!("n,,n=user,r={NONCE}"));
    let (last, server) = answer(FIRST).unwrap();
    assert_eq!(last, ANSWER);
    assert_eq!(server.check(LAST.as_bytes()), Ok(()));
    for forged in [
        "",
        "v=",
        "v=AAAA",
        "e=invalid-proof",
        "v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
        "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=,x",
    ] {
        let (_, server) = answer(FIRST).unwrap();
        assert!(server.check(forged.as_bytes()).is_err(), "{forged}");
    }
    let (_, other) = exchange(Binding::Unsupported)
        .answer("pencil ", FIRST.as_bytes())
        .unwrap();
    assert!(other.check(LAST.as_bytes()).is_err());
}

#[test]
fn what_it_is_bound_to_is_part_of_the_proof() {
    let bound = exchange(Binding::EndPoint(b"digest".to_vec()));
    assert_eq!(
        bound.first(),
        format!("p=tls-server-end-point,,n=user,r={NONCE}")
    );
    let (last, _) = bound.answer("pencil", FIRST.as_bytes()).unwrap();
    let data = Base64::encode_string(b"p=tls-server-end-point,,digest");
    assert!(last.starts_with(&format!("c={data},r=")), "{last}");
    let not_offered = exchange(Binding::NotOffered);
    assert_eq!(not_offered.first(), format!("y,,n=user,r={NONCE}"));
    let (last, server) = not_offered.answer("pencil", FIRST.as_bytes()).unwrap();
    assert!(last.starts_with("c=eSws,r="), "{last}");
    assert!(server.check(LAST.as_bytes()).is_err());
}

#[test]
fn a_challenge_that_is_not_one_is_refused() {
    for first in [
        "",
        "r=rOprNGfwEbeRWgbNEkqO,s=QUJD,i=4096",
        "r=other,s=QUJD,i=4096",
        "r=rOprNGfwEbeRWgbNEkqOx,s=QUJD",
        "r=rOprNGfwEbeRWgbNEkqOx,s=QUJD,i=",
        "r=rOprNGfwEbeRWgbNEkqOx,s=QUJD,i=0",
        "r=rOprNGfwEbeRWgbNEkqOx,s=QUJD,i=+1",
        "r=rOprNGfwEbeRWgbNEkqOx,s=QUJD,i=1000001",
        "r=rOprNGfwEbeRWgbNEkqOx,s=QUJD,i=4294967297",
        "r=rOprNGfwEbeRWgbNEkqOx,s=QUJD,i=1,x=y",
        "r=rOprNGfwEbeRWgbNEkqOx,s=?,i=1",
        "m=x,r=rOprNGfwEbeRWgbNEkqOx,s=QUJD,i=1",
        "s=QUJD,r=rOprNGfwEbeRWgbNEkqOx,i=1",
    ] {
        assert!(answer(first).is_err(), "{first}");
    }
    assert!(answer("r=rOprNGfwEbeRWgbNEkqOx,s=QUJD,i=1").is_ok());
    let not_text = exchange(Binding::Unsupported).answer("pencil", b"r=\xff");
    assert!(not_text.is_err());
}

#[test]
fn each_exchange_has_its_own_nonce() {
    let nonce = || Exchange::begin(Binding::Unsupported).unwrap().nonce;
    let (one, other) = (nonce(), nonce());
    assert_eq!(one.len(), 24);
    assert_ne!(one, other);
}
