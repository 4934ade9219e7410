//! A shop: one example's server, its files, and the provider whose notifications it takes.

use std::cell::Cell;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use std::{mem, thread};

use alikassa::{Amount, Client, OrderRef, PaymentRequest};
use alikassa_sandbox::{Attempt, Money, Notify, Options, Sandbox, Settle, Status};
use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

use super::framework::Framework;
use super::server::Server;
use crate::Fallible;
use crate::secrets::Secrets;

/// What no passing parse and re-encode leaves as it was.
const DESC: &str = "Заказ №5/7 + «50 %» & a=b";

/// How long anything may take that is to happen by itself.
const LIMIT: Duration = Duration::from_secs(20);

/// What `from_env` reads, and a shop does not need.
const OTHERS: [&str; 3] = [
    "ALIKASSA_PAYOUT_CERT",
    "ALIKASSA_DIGEST",
    "ALIKASSA_CA_FILE",
];

/// Counts how often an order is credited: overwriting would look the same in the order.
const COUNT_CREDITS: &str = "
    CREATE TABLE credits (order_id TEXT NOT NULL);
    CREATE TRIGGER count_credits AFTER UPDATE OF credited ON orders BEGIN
        INSERT INTO credits VALUES (new.order_id);
    END;";

pub(super) struct Shop {
    // Fields are dropped in this order: the server goes first.
    server: Server,
    framework: Framework,
    pub(super) sandbox: Sandbox,
    client: Client,
    browser: ureq::Agent,
    orders: Cell<u32>,
    /// What servers said that were killed.
    said: String,
    folder: TempDir,
}

/// What the shop says of an order.
#[derive(Debug)]
pub(super) enum Order {
    Unknown,
    Uncredited,
    Credited(Amount),
}

impl Shop {
    pub(super) fn open(framework: Framework) -> Fallible<Self> {
        let sandbox = Sandbox::start(Options::default())?;
        let folder = tempfile::tempdir()?;
        let client = Client::builder(sandbox.account())
            .payment_cert(sandbox.payment_cert())?
            .base_url(sandbox.url())
            .build()?;
        let browser = ureq::Agent::config_builder()
            .proxy(None)
            .http_status_as_error(false)
            .timeout_global(Some(LIMIT))
            .build()
            .into();
        let server = start(framework, &sandbox, &folder)?;
        let shop = Self {
            server,
            framework,
            sandbox,
            client,
            browser,
            orders: Cell::new(0),
            said: String::new(),
            folder,
        };
        // A worker that is still starting makes the table before it answers.
        shop.order("none")?;
        shop.db()?.execute_batch(COUNT_CREDITS)?;
        Ok(shop)
    }

    /// Takes back the faults that nothing met.
    pub(super) fn calm(&self) -> Fallible<()> {
        let url = format!("{}/_sandbox/faults", self.sandbox.url());
        self.browser.delete(&url).call()?;
        Ok(())
    }

    /// Kills the server, and starts it anew on the same files.
    pub(super) fn kill_and_restart(&mut self) -> Fallible<()> {
        self.server.kill()?;
        let said = self.server.said()?;
        self.said.push_str(&said);
        self.server = start(self.framework, &self.sandbox, &self.folder)?;
        Ok(())
    }

    /// Kills the server; whether it kept its secrets.
    pub(super) fn close(mut self) -> Result<(), String> {
        let mut secrets = Secrets::default();
        secrets.add_folder(self.sandbox.payment_cert());
        let killed = self.server.kill().and_then(|()| self.server.said());
        let said = mem::take(&mut self.said) + &killed.map_err(|error| error.to_string())?;
        secrets.check_text(&said)
    }

    /// Whether the server that runs has written this.
    pub(super) fn has_said(&self, text: &str) -> Fallible<bool> {
        Ok(self.server.said()?.contains(text))
    }

    /// A new payment of 100.00 that waits.
    pub(super) fn waiting(&self) -> Fallible<String> {
        self.orders.set(self.orders.get() + 1);
        let order_id = format!("order-{}", self.orders.get());
        let service = "payment_card_rub_hpp";
        let request = PaymentRequest::new("100.00", &order_id, service, "18.191.80.10").desc(DESC);
        self.client.payments().create(request)?;
        Ok(order_id)
    }

    /// A new payment of 100.00 of which 90.50 were paid.
    pub(super) fn paid(&self) -> Fallible<String> {
        let order_id = self.waiting()?;
        let paid: Money = "90.50".parse()?;
        let settle = Settle::order_id(&order_id, Status::Paid).payment_amount(paid);
        self.sandbox.settle(&settle)?;
        Ok(order_id)
    }

    /// What the sandbox answers when asked for the payment.
    pub(super) fn status(&self, order_id: &str) -> Fallible<String> {
        let payment = self
            .client
            .payments()
            .status(&OrderRef::order_id(order_id))?;
        Ok(String::from_utf8(payment.raw)?)
    }

    /// Has the sandbox deliver a notification once, and compares the status that it is answered with.
    pub(super) fn deliver(&self, notify: Notify, expected: u16) -> Fallible<()> {
        let sent = self.send(notify)?;
        self.answered(sent, 1, expected)
    }

    /// Has the sandbox deliver a notification, which [`answered`](Self::answered) waits for.
    pub(super) fn send(&self, notify: Notify) -> Fallible<u64> {
        let url = format!("{}/alikassa/notification", self.server.url);
        Ok(self.sandbox.notify(&notify.to(url))?)
    }

    /// Waits until a notification was delivered so often, and compares the status of every answer.
    pub(super) fn answered(&self, sent: u64, times: usize, expected: u16) -> Fallible<()> {
        let attempts = until("the notification is answered", || {
            let attempts = self.attempts(sent)?;
            Ok((attempts.len() >= times).then_some(attempts))
        })?;
        let other = attempts
            .into_iter()
            .find(|attempt| attempt.status != Some(expected));
        match other {
            Some(other) => Err(format!("not {expected} but {other:?}").into()),
            None => Ok(()),
        }
    }

    /// That a notification is still on its way.
    pub(super) fn has_not_answered(&self, sent: u64) -> Fallible<()> {
        match self.attempts(sent)?.as_slice() {
            [] => Ok(()),
            attempts => Err(format!("nobody else was served before {attempts:?}").into()),
        }
    }

    fn attempts(&self, sent: u64) -> Fallible<Vec<Attempt>> {
        let mut notifications = self.sandbox.notifications().into_iter();
        let found = notifications.find(|other| other.id == sent);
        Ok(found.ok_or("the sandbox forgot a notification")?.attempts)
    }

    /// Waits until the shop has asked for a status since the log was cleared.
    pub(super) fn asks_for_the_status(&self) -> Fallible<()> {
        until("the shop asks for the status", || {
            let mut log = self.sandbox.log().into_iter();
            Ok(log
                .find(|entry| entry.path == "/v1/payment/status")
                .map(drop))
        })
    }

    /// That the shop does not know the order: nothing was stored.
    pub(super) fn knows_not(&self, order_id: &str) -> Fallible<()> {
        match self.order(order_id)? {
            Order::Unknown => Ok(()),
            order => Err(format!("{order_id} is {order:?}, and should not be stored").into()),
        }
    }

    /// That the order is stored, and nothing was credited.
    pub(super) fn has_not_credited(&self, order_id: &str) -> Fallible<()> {
        match (self.order(order_id)?, self.credits(order_id)?) {
            (Order::Uncredited, 0) => Ok(()),
            (order, times) => {
                Err(format!("{order_id} is {order:?}, {times} times, and nothing is due").into())
            }
        }
    }

    /// That this amount was credited, and once.
    pub(super) fn has_credited(&self, order_id: &str, amount: &str) -> Fallible<()> {
        let amount: Amount = amount.parse()?;
        match (self.order(order_id)?, self.credits(order_id)?) {
            (Order::Credited(credited), 1) if credited == amount => Ok(()),
            (order, times) => {
                Err(format!("{order_id} is {order:?}, {times} times, and {amount} is due").into())
            }
        }
    }

    /// What the shop's own page says.
    fn order(&self, order_id: &str) -> Fallible<Order> {
        let url = format!("{}/orders/{order_id}", self.server.url);
        let mut answer = self.browser.get(&url).call()?;
        if answer.status() == 404 {
            return Ok(Order::Unknown);
        }
        let text = answer.body_mut().read_to_string()?;
        let order: Value = serde_json::from_str(&text).map_err(|_| format!("{url}: {text}"))?;
        match order.get("credited") {
            Some(Value::Null) => Ok(Order::Uncredited),
            Some(Value::String(amount)) => Ok(Order::Credited(amount.parse()?)),
            _ => Err(format!("{url}: {text}").into()),
        }
    }

    /// How often the order was credited.
    fn credits(&self, order_id: &str) -> Fallible<u32> {
        let count = "SELECT count(*) FROM credits WHERE order_id = ?";
        Ok(self.db()?.query_row(count, [order_id], |row| row.get(0))?)
    }

    fn db(&self) -> Fallible<Connection> {
        Ok(Connection::open(db(&self.folder))?)
    }
}

fn start(framework: Framework, sandbox: &Sandbox, folder: &TempDir) -> Fallible<Server> {
    let mut command = framework.server();
    // A shell may have those of another sandbox.
    for name in OTHERS {
        command.env_remove(name);
    }
    command
        .env("ALIKASSA_ACCOUNT", sandbox.account())
        .env("ALIKASSA_PAYMENT_CERT", sandbox.payment_cert())
        .env("ALIKASSA_NOTIFICATION_CERT", sandbox.notification_cert())
        .env("ALIKASSA_BASE_URL", sandbox.url())
        .env("SHOP_LEDGER", folder.path().join("ledger.sqlite"))
        .env("SHOP_DB", db(folder));
    Server::start(command, &folder.path().join("server.log"))
}

fn db(folder: &TempDir) -> PathBuf {
    folder.path().join("shop.sqlite")
}

/// Asks again and again, until there is an answer.
pub(super) fn until<T>(what: &str, mut ask: impl FnMut() -> Fallible<Option<T>>) -> Fallible<T> {
    let start = Instant::now();
    while start.elapsed() < LIMIT {
        if let Some(answer) = ask()? {
            return Ok(answer);
        }
        thread::sleep(Duration::from_millis(10));
    }
    Err(format!("waited {} s until {what}", LIMIT.as_secs()).into())
}
