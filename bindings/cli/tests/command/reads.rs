use alikassa_sandbox::{Options, Rule, Status};

use super::program::{Program, bare, run};

/// A payout and a payment that the sandbox has from the start, as the provider's pages show them.
const PAYOUT: &str = "100000536";
const PAYMENT: &str = "112412553";

#[test]
fn reads_print_the_fields_of_the_response() {
    let program = Program::new();
    let (code, balance) = program.json(&["balance"]);
    assert_eq!((code, &balance["balance"]), (0, &"93.84000000".into()));
    let (code, info) = program.json(&["info"]);
    assert_eq!((code, &info["is_allowed_payout"]), (0, &true.into()));
    let (code, payout) = program.json(&["status", "--payout", PAYOUT]);
    assert_eq!(
        (code, &payout["payment_status"], &payout["is_final"]),
        (0, &"paid".into(), &true.into())
    );
    let text = program.run(&["status", "--payment", PAYMENT]);
    assert_eq!(text.code, 0, "{text:?}");
    assert!(
        text.stdout
            .lines()
            .any(|line| line.starts_with("id ") && line.ends_with(PAYMENT)),
        "{text:?}"
    );
}

#[test]
fn an_order_that_is_not_found_is_a_failure() {
    let program = Program::new();
    let missing = ["status", "--payout", "--order-id", "NOPE"];
    let text = program.run(&missing);
    assert_eq!((text.code, text.stdout.as_str()), (1, ""));
    assert!(text.stderr.contains("Payout not found"), "{text:?}");
    let (code, json) = program.json(&missing);
    assert_eq!((code, &json["error"]["code"]), (1, &"not_found".into()));
    assert_eq!(json["error"]["message"], "HTTP 404: Payout not found");
}

#[test]
fn the_history_is_printed_as_lines_json_and_csv() {
    let program = Program::new();
    let text = program.run(&["history"]);
    assert!(text.stdout.contains(PAYMENT), "{text:?}");
    let (_, json) = program.json(&["history"]);
    assert_eq!(json["id"].to_string(), PAYMENT);
    let csv = program.run(&["history", "--csv"]);
    let lines: Vec<&str> = csv.stdout.lines().collect();
    assert!(
        lines[0].starts_with("created_at,id,order_id,amount"),
        "{csv:?}"
    );
    assert!(lines[1].contains(PAYMENT), "{csv:?}");
}

#[test]
fn a_wait_says_whether_the_status_is_final() {
    let never = Program::with(Options {
        rules: Vec::new(),
        ..Options::default()
    });
    let paid = never.run(&["wait", "--payout", PAYOUT]);
    assert_eq!(paid.code, 0, "{paid:?}");
    let order = create(&never);
    let late = never.run(&[
        "wait",
        "--payout",
        &order,
        "--deadline",
        "1",
        "--interval",
        "0.2",
    ]);
    assert_eq!(late.code, 1, "{late:?}");
    assert!(late.stdout.contains("wait"), "{late:?}");

    let settled = Program::with(Options {
        rules: vec![Rule::new(Status::Paid)],
        ..Options::default()
    });
    let order = create(&settled);
    let paid = settled.run(&[
        "wait",
        "--payout",
        &order,
        "--deadline",
        "20",
        "--interval",
        "0.2",
    ]);
    assert_eq!(paid.code, 0, "{paid:?}");
}

/// The id of a new payout.
fn create(program: &Program) -> String {
    let client = alikassa::Client::builder(program.sandbox.account())
        .payout_cert(program.sandbox.payout_cert())
        .unwrap()
        .base_url(program.sandbox.url())
        .digest(alikassa::Digest::Sha1)
        .build()
        .unwrap();
    let request =
        alikassa::PayoutRequest::new("1.00", "4111111111111111", "B-1", "payment_card_rub");
    client.payouts().create(request).unwrap().id.to_string()
}

#[test]
fn wrong_arguments_send_nothing() {
    let program = Program::new();
    for arguments in [
        &["status", "--payout"][..],
        &["status", PAYOUT],
        &["status", "--payout", "--payment", PAYOUT],
        &["status", "--payout", PAYOUT, "--order-id", "B-1"],
        &["status", "--payout", ""],
        &["balance", "--timeout", "soon"],
        &["history", "--from", "yesterday"],
    ] {
        let refused = program.run(arguments);
        assert_eq!(refused.code, 2, "{arguments:?}: {refused:?}");
    }
    let bare = run(&mut bare(&["balance"]), "");
    assert_eq!(bare.code, 2, "{bare:?}");
    assert!(bare.stderr.contains("ALIKASSA_ACCOUNT"), "{bare:?}");
    assert!(program.sandbox.log().is_empty());
}
