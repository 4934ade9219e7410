//! The works that are counted: what every call does besides RSA, the disk and the network, and the opening of keys.
#![expect(clippy::unwrap_used, reason = "a bench may stop at a broken set-up")]

use std::hint::black_box;
use std::path::Path;

use alikassa::binding::Call;
use alikassa::{
    Client, Digest, Result, SigningKey, Value, VerifyingKey, WebhookPayload, canonical_json,
};

const ACCOUNT: &str = "93d5df06-996c-48c3-9847-348d6b580b80";

/// A piece of work, set up, that is done again and again.
type Prepared = Box<dyn FnMut()>;

/// A name, how often the work is done for its count, and what sets it up.
pub(crate) struct Work {
    pub(crate) name: &'static str,
    pub(crate) times: usize,
    prepare: fn() -> Prepared,
}

/// Each is done often enough for some 50 million instructions, so that what is random in setting it up does not show.
pub(crate) const ALL: [Work; 9] = [
    work("canonical JSON of 20 fields", 3000, canonical),
    work("open an encrypted key as PHP writes it", 2, encrypted_key),
    work("open a PKCS#8 key", 5, plain_key),
    work("open a public key", 200, public_key),
    work("sign a question asked before", 8000, question),
    work("read a status", 1500, status),
    work("read a history page of 50", 50, history),
    work("verify a notification", 100, notification),
    work("refuse a forged notification", 100, forgery),
];

const fn work(name: &'static str, times: usize, prepare: fn() -> Prepared) -> Work {
    Work {
        name,
        times,
        prepare,
    }
}

impl Work {
    /// Sets the work up, and does it once and so many times more.
    pub(crate) fn perform(&self, more: usize) {
        let mut once = (self.prepare)();
        once();
        // What an allocation costs depends on what lies where, by up to a twentieth of the whole. Blocks of many sizes
        // that stay make it a mean over many heaps.
        let mut kept = Vec::new();
        for time in 0..more {
            once();
            kept.push(black_box(Vec::<u8>::with_capacity(time * 61 % 1500)));
        }
    }
}

/// What is prepared must come out well each time, or else what is counted is a failure.
fn repeated<T: 'static>(mut work: impl FnMut() -> Result<T> + 'static) -> Prepared {
    Box::new(move || {
        black_box(work().unwrap());
    })
}

fn canonical() -> Prepared {
    let mut members: Vec<(String, Value)> = (0..12)
        .map(|number| (format!("field_{number}"), Value::from("payment_card_rub")))
        .collect();
    let others = [
        ("amount", Value::Decimal("500.00".to_owned())),
        ("customer_ip", Value::from("18.191.80.10")),
        ("desc", Value::from("Заказ №1 \"😀\"\t")),
        ("url", Value::from("https://shop.example/paid?order=1")),
        ("lifetime", Value::from(1800)),
        ("is_test", Value::from(false)),
        ("nothing", Value::Null),
        (
            "extra",
            Value::from([("card_exp_month", "01"), ("card_exp_year", "30")]),
        ),
    ];
    members.extend(others.map(|(name, value)| (name.to_owned(), value)));
    let body = Value::Map(members);
    repeated(move || canonical_json(black_box(&body)))
}

fn encrypted_key() -> Prepared {
    let pem = file("matrix/php-des3.pem");
    let password = "pässwörd ✓ 42";
    repeated(move || SigningKey::from_pem(black_box(&pem), Some(password.as_bytes())))
}

fn plain_key() -> Prepared {
    let pem = file("matrix/pkcs8-plain.pem");
    repeated(move || SigningKey::from_pem(black_box(&pem), None))
}

fn public_key() -> Prepared {
    let pem = file("rsa2048/public.pem");
    repeated(move || VerifyingKey::from_pem(black_box(&pem)))
}

/// The memo has the signature from the first time on.
fn question() -> Prepared {
    let client = Client::builder(ACCOUNT).payout_cert(key()).unwrap();
    let client = client.build().unwrap();
    repeated(move || call("payouts.status", &[("id", "100000536")])?.signature(&client))
}

fn status() -> Prepared {
    let answer = br#"{"url":"https:\/\/pay.example\/293259c3-688b-33c1-a832-d77e1cd82f45","antiFraud":false,"payment_status":"paid","id":112412553,"order_id":"1756900030","amount":"10.000000000","payment_amount":"10.000000000","is_partial_payment":false,"account_payment_amount":"9.000000000","commission_amount":"1.000000000","currency":"EUR","service_code":"payment_card_eur_card","account_old_balance":"16.00000000","account_new_balance":"25.00000000"}"#;
    answered("payments.status", &[("order_id", "1756900030")], answer)
}

fn history() -> Prepared {
    let payment = |id: u32| {
        format!(
            r#"{{"created_at":"2025-09-03 11:47:10","id":{id},"order_id":"A-{id}","amount":"10.000000000","commission_amount":null,"currency":"EUR","status":"wait"}}"#
        )
    };
    let payments: Vec<String> = (112_412_500..112_412_550).map(payment).collect();
    let meta = r#"{"current_page":1,"from":1,"last_page":2,"path":"https:\/\/api.example\/v1\/payment\/history","per_page":50,"to":50,"total":75}"#;
    let answer = format!(r#"{{"data":[{}],"meta":{meta}}}"#, payments.join(","));
    answered("payments.history", &[], answer.as_bytes())
}

fn answered(
    name: &'static str,
    fields: &'static [(&'static str, &'static str)],
    answer: &[u8],
) -> Prepared {
    let answer = answer.to_vec();
    repeated(move || call(name, fields)?.answered(200, None, black_box(answer.clone())))
}

const TOLD: &str = "type=payment&id=112412553&order_id=A-1&payment_status=paid&amount=10.00&payment_amount=10.00\
    &commission_amount=1.00&is_partial_payment=0&account=93d5df06-996c-48c3-9847-348d6b580b80\
    &service=payment_card_rub_hpp&desc=%D0%97%D0%B0%D0%BA%D0%B0%D0%B7+1%2F2";

const SIGNED: &str = r#"{"type":"payment","id":112412553,"order_id":"A-1","payment_status":"paid","amount":"10.00","payment_amount":"10.00","commission_amount":"1.00","is_partial_payment":"0","account":"93d5df06-996c-48c3-9847-348d6b580b80","service":"payment_card_rub_hpp","desc":"\u0417\u0430\u043a\u0430\u0437 1\/2"}"#;

fn notification() -> Prepared {
    let (client, query) = (listener(), told());
    repeated(move || {
        client
            .notifications()
            .verify(WebhookPayload::query(black_box(&query)))
    })
}

/// Dearer than to believe one: each form that the provider may have signed is tried.
fn forgery() -> Prepared {
    let (client, query) = (listener(), told().replacen("A-1", "A-2", 1));
    repeated(move || {
        let verified = client
            .notifications()
            .verify(WebhookPayload::query(black_box(&query)));
        Ok(verified.unwrap_err())
    })
}

fn listener() -> Client {
    let builder = Client::builder(ACCOUNT).notification_cert(key().verifying_key().clone());
    builder.unwrap().build().unwrap()
}

fn told() -> String {
    let signature = key().sign(SIGNED.as_bytes(), Digest::Sha1).unwrap();
    format!("{TOLD}&sign={}", signature.replace('+', "%2B"))
}

fn call(name: &str, fields: &[(&str, &str)]) -> Result<Call> {
    let field = |(name, value): &(&str, &str)| ((*name).to_owned(), Value::from(*value));
    Call::named(name, fields.iter().map(field).collect())
}

fn key() -> SigningKey {
    SigningKey::from_pem(file("matrix/pkcs8-plain.pem"), None).unwrap()
}

fn file(path: &str) -> Vec<u8> {
    let keys = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/keys");
    std::fs::read(keys.join(path)).unwrap()
}
