//! A merchant app under test: one example's server, its files, and the sandbox that sends it
//! notifications.

use std::cell::Cell;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use std::{mem, thread};

use alikassa::{Amount, Client, ClientBuilder, Ledger, OrderRef, PaymentRequest};
use alikassa_sandbox::{Attempt, Notify, Options, Sandbox, Settle, Status};
use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

use super::framework::Framework;
use super::server::Server;
use crate::Result;
use crate::secrets::Secrets;

/// Decoding and re-encoding this text changes its bytes.
const DESC: &str = "Заказ №5/7 + «50 %» & a=b";

/// How long to wait for anything that happens asynchronously.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Variables that `from_env` reads and the apps do not use.
const UNUSED_VARIABLES: [&str; 3] = [
    "ALIKASSA_PAYOUT_CERT",
    "ALIKASSA_DIGEST",
    "ALIKASSA_CA_FILE",
];

/// Counts the credits of an order: a second credit would overwrite the first without a trace.
const COUNT_CREDITS: &str = "
    CREATE TABLE credits (order_id TEXT NOT NULL);
    CREATE TRIGGER count_credits AFTER UPDATE OF credited ON orders BEGIN
        INSERT INTO credits VALUES (new.order_id);
    END;";

pub(super) struct Merchant {
    // Fields are dropped in this order: the server must stop first.
    server: Server,
    framework: Framework,
    pub(super) sandbox: Sandbox,
    client: Client,
    browser: ureq::Agent,
    orders: Cell<u32>,
    /// The output of servers that were killed.
    earlier_output: String,
    folder: TempDir,
}

/// The state of an order in the merchant app.
#[derive(Debug)]
pub(super) enum Order {
    Unknown,
    Uncredited,
    Credited(Amount),
}

impl Merchant {
    pub(super) fn start(framework: Framework) -> Result<Self> {
        let sandbox = Sandbox::start(Options::default())?;
        let folder = tempfile::tempdir()?;
        let client = client(&sandbox)?.build()?;
        let browser = ureq::Agent::config_builder()
            .proxy(None)
            .http_status_as_error(false)
            .timeout_global(Some(TIMEOUT))
            .build()
            .into();
        let server = start_server(framework, &sandbox, &folder)?;
        let merchant = Self {
            server,
            framework,
            sandbox,
            client,
            browser,
            orders: Cell::new(0),
            earlier_output: String::new(),
            folder,
        };
        // A worker creates the tables before it handles its first request.
        merchant.order("none")?;
        merchant.db()?.execute_batch(COUNT_CREDITS)?;
        Ok(merchant)
    }

    /// Removes faults that no request has triggered.
    pub(super) fn clear_faults(&self) -> Result<()> {
        let url = format!("{}/_sandbox/faults", self.sandbox.url());
        self.browser.delete(&url).call()?;
        Ok(())
    }

    /// Kills the server and starts it again with the same files.
    pub(super) fn kill_and_restart(&mut self) -> Result<()> {
        self.server.kill()?;
        let output = self.server.output()?;
        self.earlier_output.push_str(&output);
        self.server = start_server(self.framework, &self.sandbox, &self.folder)?;
        Ok(())
    }

    /// Kills the server. Fails if its output contains a secret.
    pub(super) fn close(mut self) -> Result<(), String> {
        let mut secrets = Secrets::default();
        secrets.add_folder(self.sandbox.payment_cert());
        let output = self.server.kill().and_then(|()| self.server.output());
        let output = output.map_err(|error| error.to_string())?;
        let output = mem::take(&mut self.earlier_output) + &output;
        secrets.check_text(&output)
    }

    /// Whether the current server has written this text.
    pub(super) fn has_logged(&self, text: &str) -> Result<bool> {
        Ok(self.server.output()?.contains(text))
    }

    /// Creates a payment of 100.00 with the status `wait`. Returns its order id.
    pub(super) fn waiting(&self) -> Result<String> {
        let order_id = self.new_order();
        self.create(&order_id)?;
        Ok(order_id)
    }

    /// [`waiting`](Self::waiting), recorded in the app's ledger. Returns also AliKassa's id.
    pub(super) fn waiting_in_ledger(&self) -> Result<(String, u64)> {
        let order_id = self.new_order();
        let client = client(&self.sandbox)?
            .ledger(Ledger::new(ledger(&self.folder))?)
            .build()?;
        let id = client.payments().create(request(&order_id))?.id;
        Ok((order_id, id.try_into()?))
    }

    /// Creates a payment of 100.00. Returns AliKassa's id.
    pub(super) fn create(&self, order_id: &str) -> Result<u64> {
        let id = self.client.payments().create(request(order_id))?.id;
        Ok(id.try_into()?)
    }

    fn new_order(&self) -> String {
        self.orders.set(self.orders.get() + 1);
        format!("order-{}", self.orders.get())
    }

    /// Creates a payment of 100.00, of which 90.50 were paid. Returns its order id.
    pub(super) fn paid(&self) -> Result<String> {
        let order_id = self.waiting()?;
        let paid = Settle::order_id(&order_id, Status::Paid);
        self.sandbox
            .settle(&paid.payment_amount("90.50".parse()?))?;
        Ok(order_id)
    }

    /// Pays 90.50 of the payment with this id.
    pub(super) fn settle(&self, id: u64) -> Result<()> {
        let paid = Settle::id(id, Status::Paid);
        Ok(self
            .sandbox
            .settle(&paid.payment_amount("90.50".parse()?))?)
    }

    /// The body of the sandbox's status response for the payment.
    pub(super) fn status(&self, order_id: &str) -> Result<String> {
        let payment = self
            .client
            .payments()
            .status(&OrderRef::order_id(order_id))?;
        Ok(String::from_utf8(payment.raw)?)
    }

    /// Lets the sandbox deliver a notification once, and checks the status code of the response.
    pub(super) fn deliver(&self, notify: Notify, expected: u16) -> Result<()> {
        let sent = self.send(notify)?;
        self.wait_for_responses(sent, 1, expected)
    }

    /// Lets the sandbox deliver a notification that the app cannot store, and checks that it asks
    /// for another delivery.
    pub(super) fn deliver_in_vain(&self, notify: Notify) -> Result<()> {
        let sent = self.send(notify)?;
        let attempts = wait_until("the notification is delivered", || {
            let attempts = self.attempts(sent)?;
            Ok((!attempts.is_empty()).then_some(attempts))
        })?;
        match attempts
            .into_iter()
            .find(|attempt| attempt.status < Some(500))
        {
            Some(attempt) => Err(format!("expected a failure, got {attempt:?}").into()),
            None => Ok(()),
        }
    }

    /// Makes the app's database refuse notifications that somebody must look at, or accept them.
    pub(super) fn refuse_reviews(&self, refuse: bool) -> Result<()> {
        let change = if refuse {
            "CREATE TRIGGER refuse_reviews BEFORE INSERT ON reviews
             BEGIN SELECT RAISE(ABORT, 'refused by the test'); END"
        } else {
            "DROP TRIGGER refuse_reviews"
        };
        Ok(self.db()?.execute_batch(change)?)
    }

    /// How many notifications about this id the app has stored for somebody to look at.
    pub(super) fn reviews(&self, id: u64) -> Result<u32> {
        let count = "SELECT count(*) FROM reviews WHERE instr(signed_text, ?) > 0";
        let id = format!("\"id\":{id},");
        Ok(self.db()?.query_row(count, [id], |row| row.get(0))?)
    }

    /// Lets the sandbox deliver a notification. Wait for the responses with
    /// [`wait_for_responses`](Self::wait_for_responses).
    pub(super) fn send(&self, notify: Notify) -> Result<u64> {
        let url = format!("{}/alikassa/notification", self.server.url);
        Ok(self.sandbox.notify(&notify.to(url))?)
    }

    /// Waits until a notification was delivered this many times, and checks every status code.
    pub(super) fn wait_for_responses(&self, sent: u64, times: usize, expected: u16) -> Result<()> {
        let attempts = wait_until("the notification is delivered", || {
            let attempts = self.attempts(sent)?;
            Ok((attempts.len() >= times).then_some(attempts))
        })?;
        let unexpected = attempts
            .into_iter()
            .find(|attempt| attempt.status != Some(expected));
        match unexpected {
            Some(attempt) => Err(format!("expected {expected}, got {attempt:?}").into()),
            None => Ok(()),
        }
    }

    /// Fails if a response to the notification has arrived.
    pub(super) fn has_not_responded(&self, sent: u64) -> Result<()> {
        match self.attempts(sent)?.as_slice() {
            [] => Ok(()),
            attempts => Err(format!("blocked other notifications until {attempts:?}").into()),
        }
    }

    fn attempts(&self, sent: u64) -> Result<Vec<Attempt>> {
        let mut notifications = self.sandbox.notifications().into_iter();
        let found = notifications.find(|other| other.id == sent);
        Ok(found
            .ok_or("the sandbox does not know the notification")?
            .attempts)
    }

    /// Waits until the app has requested a status since the log was cleared.
    pub(super) fn wait_for_status_request(&self) -> Result<()> {
        wait_until("the app requests the status", || {
            let mut log = self.sandbox.log().into_iter();
            Ok(log
                .find(|entry| entry.path == "/v1/payment/status")
                .map(drop))
        })
    }

    /// Fails if the app has stored the order.
    pub(super) fn does_not_know(&self, order_id: &str) -> Result<()> {
        match self.order(order_id)? {
            Order::Unknown => Ok(()),
            order => Err(format!("{order_id} is {order:?}, but must not be stored").into()),
        }
    }

    /// Fails unless the order is stored and nothing was credited.
    pub(super) fn has_not_credited(&self, order_id: &str) -> Result<()> {
        match (self.order(order_id)?, self.credits(order_id)?) {
            (Order::Uncredited, 0) => Ok(()),
            (order, times) => {
                Err(format!("{order_id} is {order:?}, credited {times} times, not 0").into())
            }
        }
    }

    /// Fails unless exactly this amount was credited, exactly once.
    pub(super) fn has_credited(&self, order_id: &str, amount: &str) -> Result<()> {
        let amount: Amount = amount.parse()?;
        match (self.order(order_id)?, self.credits(order_id)?) {
            (Order::Credited(credited), 1) if credited == amount => Ok(()),
            (order, times) => Err(format!(
                "{order_id} is {order:?}, credited {times} times, not {amount} once"
            )
            .into()),
        }
    }

    /// The order as the app shows it.
    fn order(&self, order_id: &str) -> Result<Order> {
        let url = format!("{}/orders/{order_id}", self.server.url);
        let mut response = self.browser.get(&url).call()?;
        if response.status() == 404 {
            return Ok(Order::Unknown);
        }
        let text = response.body_mut().read_to_string()?;
        let order: Value = serde_json::from_str(&text).map_err(|_| format!("{url}: {text}"))?;
        match order.get("credited") {
            Some(Value::Null) => Ok(Order::Uncredited),
            Some(Value::String(amount)) => Ok(Order::Credited(amount.parse()?)),
            _ => Err(format!("{url}: {text}").into()),
        }
    }

    /// How many times the order was credited.
    fn credits(&self, order_id: &str) -> Result<u32> {
        let count = "SELECT count(*) FROM credits WHERE order_id = ?";
        Ok(self.db()?.query_row(count, [order_id], |row| row.get(0))?)
    }

    fn db(&self) -> Result<Connection> {
        Ok(Connection::open(db(&self.folder))?)
    }
}

fn start_server(framework: Framework, sandbox: &Sandbox, folder: &TempDir) -> Result<Server> {
    let mut command = framework.server();
    // The environment may name the files of another sandbox.
    for name in UNUSED_VARIABLES {
        command.env_remove(name);
    }
    command
        .env("ALIKASSA_ACCOUNT", sandbox.account())
        .env("ALIKASSA_PAYMENT_CERT", sandbox.payment_cert())
        .env("ALIKASSA_NOTIFICATION_CERT", sandbox.notification_cert())
        .env("ALIKASSA_BASE_URL", sandbox.url())
        .env("SHOP_LEDGER", ledger(folder))
        .env("SHOP_DB", db(folder));
    Server::start(command, &folder.path().join("server.log"))
}

/// The settings of the merchant's client.
fn client(sandbox: &Sandbox) -> Result<ClientBuilder> {
    Ok(Client::builder(sandbox.account())
        .payment_cert(sandbox.payment_cert())?
        .base_url(sandbox.url()))
}

fn request(order_id: &str) -> PaymentRequest {
    PaymentRequest::new("100.00", order_id, "payment_card_rub_hpp", "18.191.80.10").desc(DESC)
}

fn ledger(folder: &TempDir) -> PathBuf {
    folder.path().join("ledger.sqlite")
}

fn db(folder: &TempDir) -> PathBuf {
    folder.path().join("shop.sqlite")
}

/// Polls until there is a value.
pub(super) fn wait_until<T>(what: &str, mut poll: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let start = Instant::now();
    while start.elapsed() < TIMEOUT {
        if let Some(value) = poll()? {
            return Ok(value);
        }
        thread::sleep(Duration::from_millis(10));
    }
    Err(format!("waited {} s until {what}", TIMEOUT.as_secs()).into())
}
