//! The workloads: opening keys, the parts of a call without RSA, disk and network, and a whole call
//! over loopback, where the system's part does not count.
#![expect(clippy::unwrap_used, reason = "a bench may stop at a broken set-up")]

use std::hint::black_box;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::thread;

use alikassa::binding::Call;
use alikassa::{
    Client, Digest, DigestMode, OrderRef, Result, SigningKey, Value, VerifyingKey, WebhookPayload,
    canonical_json,
};

const ACCOUNT: &str = "93d5df06-996c-48c3-9847-348d6b580b80";

/// A whole call, and the events of a hundred of them for a client without a hook. They may be 1 % of
/// the call.
pub(crate) const STATUS_CALL: &str = "request a status";
pub(crate) const EVENTS: &str = "events of 100 statuses, without a hook";

/// A prepared workload, to be repeated.
type Prepared = Box<dyn FnMut()>;

/// A name, the number of repetitions, and the function that prepares the workload.
pub(crate) struct Workload {
    pub(crate) name: &'static str,
    pub(crate) repetitions: usize,
    prepare: fn() -> Prepared,
}

/// Each takes about 50 million instructions, so that random differences of the preparation do not
/// matter.
pub(crate) const ALL: [Workload; 11] = [
    workload("canonical JSON of 20 fields", 3000, canonical),
    workload("open an encrypted key as PHP writes it", 2, encrypted_key),
    workload("open a PKCS#8 key", 5, plain_key),
    workload("open a public key", 200, public_key),
    workload("sign a request from the cache", 8000, cached_signature),
    workload("read a status", 1500, status),
    workload("read a history page of 50", 50, history),
    workload(STATUS_CALL, 500, whole_status),
    workload(EVENTS, 5000, events_without_hook),
    workload("verify a notification", 100, notification),
    workload("reject a forged notification", 100, forged_notification),
];

const fn workload(name: &'static str, repetitions: usize, prepare: fn() -> Prepared) -> Workload {
    Workload {
        name,
        repetitions,
        prepare,
    }
}

impl Workload {
    /// Prepares the workload, runs it once, and repeats it.
    pub(crate) fn run(&self, repetitions: usize) {
        let mut once = (self.prepare)();
        once();
        // The cost of an allocation depends on the layout of the heap, up to 5 % of the count. Kept
        // blocks of many sizes make the count a mean over many layouts.
        let mut kept = Vec::new();
        for repetition in 0..repetitions {
            once();
            kept.push(black_box(Vec::<u8>::with_capacity(repetition * 61 % 1500)));
        }
    }
}

/// A workload that must succeed each time, so that no failure is counted.
fn repeated<T: 'static>(mut workload: impl FnMut() -> Result<T> + 'static) -> Prepared {
    Box::new(move || {
        black_box(workload().unwrap());
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

/// The signature is in the cache after the first run.
fn cached_signature() -> Prepared {
    let client = Client::builder(ACCOUNT).payout_cert(key()).unwrap();
    let client = client.build().unwrap();
    repeated(move || call("payouts.status", &[("id", "100000536")])?.signature(&client))
}

const STATUS: &str = r#"{"url":"https:\/\/pay.example\/293259c3-688b-33c1-a832-d77e1cd82f45","antiFraud":false,"payment_status":"paid","id":112412553,"order_id":"1756900030","amount":"10.000000000","payment_amount":"10.000000000","is_partial_payment":false,"account_payment_amount":"9.000000000","commission_amount":"1.000000000","currency":"EUR","service_code":"payment_card_eur_card","account_old_balance":"16.00000000","account_new_balance":"25.00000000"}"#;

fn status() -> Prepared {
    read(
        "payments.status",
        &[("order_id", "1756900030")],
        STATUS.as_bytes(),
    )
}

/// The signature is in the cache after the first run. The server answers on its own thread, whose few
/// instructions count too.
fn whole_status() -> Prepared {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || answer(&listener));
    let client = Client::builder(ACCOUNT).payment_cert(key()).unwrap();
    let client = client
        .base_url(base_url)
        .digest(DigestMode::Fixed(Digest::Sha1));
    let client = client.build().unwrap();
    let order = OrderRef::order_id("1756900030");
    repeated(move || client.payments().status(&order))
}

fn events_without_hook() -> Prepared {
    let status = call("payments.status", &[("order_id", "1756900030")]).unwrap();
    let send = client().sender_of_events(status).unwrap();
    Box::new(move || (0..100).for_each(|_| black_box(&send)()))
}

/// Sends the same response to every request.
fn answer(listener: &TcpListener) {
    let response = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{STATUS}",
        STATUS.len()
    );
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = stream.read(&mut buffer) {
            // A request ends with its body, a JSON object.
            if buffer.get(..length).unwrap().ends_with(b"}") {
                stream.write_all(response.as_bytes()).unwrap();
            }
        }
    }
}

fn history() -> Prepared {
    let payment = |id: u32| {
        format!(
            r#"{{"created_at":"2025-09-03 11:47:10","id":{id},"order_id":"A-{id}","amount":"10.000000000","commission_amount":null,"currency":"EUR","status":"wait"}}"#
        )
    };
    let payments: Vec<String> = (112_412_500..112_412_550).map(payment).collect();
    let meta = r#"{"current_page":1,"from":1,"last_page":2,"path":"https:\/\/api.example\/v1\/payment\/history","per_page":50,"to":50,"total":75}"#;
    let body = format!(r#"{{"data":[{}],"meta":{meta}}}"#, payments.join(","));
    read("payments.history", &[], body.as_bytes())
}

fn read(
    name: &'static str,
    fields: &'static [(&'static str, &'static str)],
    body: &[u8],
) -> Prepared {
    let body = body.to_vec();
    repeated(move || call(name, fields)?.read_response(200, None, black_box(body.clone())))
}

const QUERY: &str = "type=payment&id=112412553&order_id=A-1&payment_status=paid&amount=10.00&payment_amount=10.00\
    &commission_amount=1.00&is_partial_payment=0&account=93d5df06-996c-48c3-9847-348d6b580b80\
    &service=payment_card_rub_hpp&desc=%D0%97%D0%B0%D0%BA%D0%B0%D0%B7+1%2F2";

const SIGNED: &str = r#"{"type":"payment","id":112412553,"order_id":"A-1","payment_status":"paid","amount":"10.00","payment_amount":"10.00","commission_amount":"1.00","is_partial_payment":"0","account":"93d5df06-996c-48c3-9847-348d6b580b80","service":"payment_card_rub_hpp","desc":"\u0417\u0430\u043a\u0430\u0437 1\/2"}"#;

fn notification() -> Prepared {
    let (client, query) = (client(), signed_query());
    repeated(move || {
        client
            .notifications()
            .verify(WebhookPayload::query(black_box(&query)))
    })
}

/// It costs more than a genuine one: each variant that the provider may have signed is tried.
fn forged_notification() -> Prepared {
    let (client, query) = (client(), signed_query().replacen("A-1", "A-2", 1));
    repeated(move || {
        let verified = client
            .notifications()
            .verify(WebhookPayload::query(black_box(&query)));
        Ok(verified.unwrap_err())
    })
}

fn client() -> Client {
    let builder = Client::builder(ACCOUNT).notification_cert(key().verifying_key().clone());
    builder.unwrap().build().unwrap()
}

fn signed_query() -> String {
    let signature = key().sign(SIGNED.as_bytes(), Digest::Sha1).unwrap();
    format!("{QUERY}&sign={}", signature.replace('+', "%2B"))
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
