//! `payouts run` against a sandbox whose books show each payout.

#[cfg(unix)]
mod interrupts;
mod kills;
mod lists;
mod names;
mod pages;
mod rotation;
mod runs;
mod states;
#[cfg(unix)]
mod terminals;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use alikassa::Ledger;
use alikassa_sandbox::{Duplicates, Fault, FaultKind, Options};

use super::program::{Program, Run, run};

const CARD: &str = "4111111111111111";
const HEADER: &str = "amount,number,order_id,service";

/// A list of payouts, a ledger, and a sandbox that pays an order twice if it is sent twice.
struct Payer {
    program: Program,
    /// A file in the folder of the program, or the URL of a database.
    ledger: String,
}

impl Payer {
    fn new() -> Self {
        Self {
            program: Program::with(Options {
                duplicates: Duplicates::Allow,
                balance: "1000000000000".parse().ok(),
                ..Options::default()
            }),
            ledger: "payouts.sqlite".to_owned(),
        }
    }

    /// With a list of these orders, 5.00 each.
    fn with(orders: &[&str]) -> Self {
        let payer = Self::new();
        payer.list(orders);
        payer
    }

    fn list(&self, orders: &[&str]) {
        let rows: Vec<String> = orders.iter().map(|order| row(order, "5.00")).collect();
        self.write(&format!("{HEADER}\n{}", rows.concat()));
    }

    fn write(&self, list: &str) {
        self.program.write("list.csv", list);
    }

    /// A command for the list. Without a deadline, a read of an order that is not found is not
    /// repeated.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut all = vec!["payouts", "run", "list.csv", "--digest", "sha1"];
        all.extend(arguments);
        if !arguments.contains(&"--deadline") {
            all.extend(["--deadline", "1"]);
        }
        let mut command = self.program.command(&all);
        command
            .env("ALIKASSA_BASE_URL", self.program.sandbox.url())
            .env("ALIKASSA_LEDGER", &self.ledger);
        command
    }

    /// Starts the command, and waits until the sandbox has received so many creates.
    fn start(&self, arguments: &[&str], creates: usize) -> Child {
        let mut command = self.command(&[&["--yes"], arguments].concat());
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        while self.creates() < creates {
            assert!(child.try_wait().unwrap().is_none());
            thread::sleep(Duration::from_millis(5));
        }
        child
    }

    /// Runs the command without a question.
    fn pay(&self, arguments: &[&str]) -> Run {
        self.run(&[&["--yes"], arguments].concat())
    }

    /// The exit code of a child that was started, if it ended by itself.
    fn wait(&self, child: Child) -> Option<i32> {
        let output = child.wait_with_output().unwrap();
        let texts = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        self.assert_no_card(&texts.each_ref().map(String::as_str));
        output.status.code()
    }

    fn run(&self, arguments: &[&str]) -> Run {
        let run = run(&mut self.command(arguments), "");
        self.assert_no_card(&[&run.stdout, &run.stderr]);
        run
    }

    /// No card number is printed, or in a file but the list.
    fn assert_no_card(&self, texts: &[&str]) {
        for text in texts {
            assert!(!text.contains(CARD), "{text}");
        }
        for file in std::fs::read_dir(self.program.folder.path()).unwrap() {
            let path = file.unwrap().path();
            let is_list = path.file_name().is_some_and(|name| name == "list.csv");
            // The log of a ledger that is closed is removed meanwhile.
            let bytes = std::fs::read(&path).unwrap_or_default();
            let mut places = bytes.windows(CARD.len());
            let has_card = places.any(|place| place == CARD.as_bytes());
            assert!(!has_card || is_list, "{}", path.display());
        }
    }

    fn results_file(&self) -> PathBuf {
        self.program.folder.path().join("list.results.csv")
    }

    /// The state of each order in the results, and the whole lines.
    fn results(&self) -> BTreeMap<String, (String, Vec<String>)> {
        let mut reader = csv::Reader::from_path(self.results_file()).unwrap();
        let names = [
            "order_id",
            "amount",
            "state",
            "id",
            "payment_status",
            "message",
        ];
        assert_eq!(reader.headers().unwrap(), &names[..]);
        let mut results = BTreeMap::new();
        for record in reader.records() {
            let cells: Vec<String> = record.unwrap().iter().map(str::to_owned).collect();
            let before = results.insert(cells[0].clone(), (cells[2].clone(), cells.clone()));
            assert!(before.is_none(), "two lines: {cells:?}");
        }
        results
    }

    fn state(&self, order: &str) -> String {
        self.results()[order].0.clone()
    }

    /// How many payouts the sandbox has of each order.
    fn books(&self) -> BTreeMap<String, usize> {
        let mut books = BTreeMap::new();
        let state = self.program.sandbox.state();
        for payout in state["payouts"].as_array().unwrap().iter().skip(1) {
            let order = payout["order_id"].as_str().unwrap();
            *books.entry(order.to_owned()).or_default() += 1;
        }
        books
    }

    /// How many creates the sandbox received.
    fn creates(&self) -> usize {
        let log = self.program.sandbox.log();
        log.iter()
            .filter(|entry| entry.path == "/v1/payout")
            .count()
    }

    /// The next create of the order ends like this.
    fn fail(&self, order: &str, kind: FaultKind) {
        let fault = Fault::new(kind).path("v1/payout").order_id(order);
        self.program.sandbox.set_fault(fault);
    }

    fn ledger(&self) -> Ledger {
        if self.ledger.contains("://") {
            return Ledger::connect(&self.ledger).unwrap();
        }
        Ledger::new(self.program.folder.path().join(&self.ledger)).unwrap()
    }
}

/// A line of a list.
fn row(order: &str, amount: &str) -> String {
    format!("{amount},{CARD},{order},payment_card_rub\n")
}

/// A response that rejects the payout.
fn rejection(message: &str) -> FaultKind {
    let body = serde_json::json!({ "message": message, "errors": { "number": [message] } });
    FaultKind::Http {
        status: 400,
        headers: Vec::new(),
        body: body.to_string().into_bytes(),
    }
}
