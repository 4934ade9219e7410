//! Lists that are refused: nothing of them is sent.

use super::{CARD, HEADER, Payer, row};

/// A list that is refused, and what is said about it.
fn refused(payer: &Payer, list: impl AsRef<[u8]>, arguments: &[&str], problems: &[&str]) {
    let list = list.as_ref();
    let shown = String::from_utf8_lossy(list);
    std::fs::write(payer.program.folder.path().join("list.csv"), list).unwrap();
    let run = payer.pay(arguments);
    assert_eq!(run.code, 2, "{shown}: {run:?}");
    for problem in problems {
        assert!(run.stderr.contains(problem), "{shown}: {problem}: {run:?}");
    }
    assert_eq!(payer.creates(), 0, "{shown}");
    assert!(!payer.results_file().exists(), "{shown}");
}

#[test]
fn a_row_with_a_mistake_is_named_by_its_line() {
    let payer = Payer::new();
    let with = |line: &str| {
        format!(
            "{HEADER}\n{}{line}\n{}",
            row("B-1", "5.00"),
            row("B-3", "5.00")
        )
    };
    for (line, problem) in [
        (format!("\"5,00\",{CARD},B-2,s"), "line 3: amount: "),
        (
            format!("5,00,{CARD},B-2,s"),
            "line 3: it has 5 columns in place of 4",
        ),
        (
            format!("{CARD},B-2,s"),
            "line 3: it has 3 columns in place of 4",
        ),
        (format!("1 000.00,{CARD},B-2,s"), "line 3: amount: "),
        (format!("1\u{a0}000.00,{CARD},B-2,s"), "line 3: amount: "),
        (format!("1e2,{CARD},B-2,s"), "line 3: amount: "),
        (format!("-5.00,{CARD},B-2,s"), "line 3: amount: "),
        (format!("+5.00,{CARD},B-2,s"), "line 3: amount: "),
        (format!("0.00,{CARD},B-2,s"), "line 3: amount: "),
        (format!("5.001,{CARD},B-2,s"), "line 3: amount: "),
        (
            format!("1234567890123456789,{CARD},B-2,s"),
            "line 3: amount: ",
        ),
        (
            format!("=1+1,{CARD},B-2,s"),
            "line 3: amount: this is a formula",
        ),
        (
            format!("5.00,=\"{CARD}\",B-2,s"),
            "line 3: there is a quote inside a cell",
        ),
        (
            format!("5.00,\"=\"\"{CARD}\"\"\",B-2,s"),
            "line 3: number: this is a formula",
        ),
        (
            "5.00,4111 1111 1111 1111,B-2,s".to_owned(),
            "line 3: number: ",
        ),
        (format!("5.00,{CARD},,s"), "line 3: order_id: "),
        (
            format!("5.00,{CARD},\"B-2,s"),
            "line 3: a quote is left open",
        ),
        (
            format!("5.00,{CARD},\"B\n-2\",s"),
            "line 3: a quote is left open",
        ),
        (
            format!("\"5\"00,{CARD},B-2,s"),
            "line 3: there is text after a closing quote",
        ),
        (
            format!("5.00,{CARD},B-2 ,s"),
            "line 3: order_id: there are blanks",
        ),
        (
            format!("5.00,{CARD},B\u{200b}-2,s"),
            "line 3: order_id: there is a character",
        ),
        (
            format!("5.00,{CARD},B\t-2,s"),
            "line 3: order_id: there is a character",
        ),
        (
            format!("5.00,{CARD},B-1,s"),
            "line 3: order_id: line 2 has the same",
        ),
        (
            format!("5.00,{CARD},a{CARD},s"),
            "line 3: order_id: it contains the number",
        ),
        (
            format!("5.00,B-2,{CARD},s"),
            "line 3: order_id: it is a card number",
        ),
        (
            format!("5.00,{CARD},{},s", "x".repeat(129)),
            "line 3: order_id: ",
        ),
        (",,,".to_owned(), "line 3: amount: this is required"),
    ] {
        refused(&payer, with(&line), &[], &[problem]);
    }
}

#[test]
fn the_first_line_names_the_fields() {
    let payer = Payer::new();
    let rows = row("B-1", "5.00");
    for (list, problem) in [
        (rows.clone(), "line 1: the name of column 2 is no field"),
        (
            format!("{HEADER},price\n{rows}"),
            "line 1: a payout has no field price",
        ),
        (
            format!("{HEADER},amount\n{rows}"),
            "line 1: the column amount is there twice",
        ),
        (
            format!("amount,number,service\n5.00,{CARD},s\n"),
            "line 1: the column order_id is missing",
        ),
        (
            format!("{HEADER}\n{rows}").replace(',', ";"),
            "line 1: separate the columns by commas",
        ),
        (
            format!("{HEADER}\n{rows}").replace(',', "\t"),
            "line 1: separate the columns by commas",
        ),
        (
            format!("\"{HEADER}\n{rows}"),
            "line 1: a quote is left open",
        ),
        (format!("{HEADER}\r{rows}"), "line 1: "),
        (HEADER.to_owned(), "there are no payouts"),
        (String::new(), "there are no payouts"),
    ] {
        refused(&payer, list, &[], &[problem]);
    }
}

#[test]
fn bytes_that_are_not_utf8_are_refused() {
    let payer = Payer::new();
    // "Иван" in cp1251.
    let name = [0xC8, 0xE2, 0xE0, 0xED];
    let line = |order: &str| [format!("5.00,{CARD},{order},s,").as_bytes(), &name, b"\n"].concat();
    let list = [
        format!("{HEADER},customer_first_name\n").into_bytes(),
        line("B-1"),
        line("B-2"),
    ]
    .concat();
    refused(
        &payer,
        list,
        &[],
        &["line 2: this is not UTF-8", "line 3: this is not UTF-8"],
    );
    let utf16: Vec<u8> = format!("{HEADER}\n{}", row("B-1", "5.00"))
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    refused(
        &payer,
        [&[0xFF, 0xFE][..], &utf16].concat(),
        &[],
        &["line 1: this is not UTF-8"],
    );
    refused(&payer, utf16, &[], &["line 1: "]);
}

#[test]
fn a_mark_of_utf8_line_ends_of_windows_and_empty_lines_are_accepted() {
    let payer = Payer::new();
    let rows = [
        row("B-1", "5.00"),
        "\n  \n".into(),
        row("B-2", "5.00"),
        "\n\n".into(),
    ]
    .concat();
    payer.write(&format!("\u{feff}{HEADER}\n{rows}").replace('\n', "\r\n"));
    let paid = payer.pay(&[]);
    assert_eq!((paid.code, payer.books().len()), (0, 2), "{paid:?}");
}

#[test]
fn limits_are_exact() {
    let payer = Payer::new();
    let list = format!("{HEADER}\n{}{}", row("B-1", "0.10"), row("B-2", "0.20"));
    for (limits, problem) in [
        (
            ["--max-total", "0.29"],
            "the total 0.30 is above --max-total 0.29",
        ),
        (
            ["--max-amount", "0.19"],
            "line 3: amount: 0.20 is above --max-amount 0.19",
        ),
        (["--max-total", "0,30"], "write it as"),
        (["--max-total", "3e1"], "write it as"),
    ] {
        refused(&payer, &list, &limits, &[problem]);
    }
    payer.write(&list);
    let paid = payer.pay(&["--max-total", "0.3", "--max-amount", "0.20"]);
    assert_eq!((paid.code, payer.creates()), (0, 2), "{paid:?}");
    // The limit is that of the list, also when a part of it was sent.
    assert_eq!(payer.pay(&["--max-total", "0.29"]).code, 2);
}

#[test]
fn the_first_twenty_problems_are_shown_and_the_others_counted() {
    let payer = Payer::new();
    let rows: String = (0..30)
        .map(|order| row(&format!("B-{order}"), "5,00"))
        .collect();
    refused(
        &payer,
        format!("{HEADER}\n{rows}"),
        &[],
        &["line 2: ", "line 21: ", "and 10 more"],
    );
    let run = payer.pay(&[]);
    assert!(!run.stderr.contains("line 22: "), "{run:?}");
    let json = payer.pay(&["--json"]);
    assert!(json.stdout.contains("and 10 more"), "{json:?}");
}

#[test]
fn a_list_that_is_in_use_is_refused() {
    let payer = Payer::with(&["B-1"]);
    let file = std::fs::File::open(payer.program.folder.path().join("list.csv")).unwrap();
    file.lock().unwrap();
    let refused = payer.pay(&[]);
    assert_eq!((refused.code, payer.creates()), (2, 0), "{refused:?}");
    assert!(
        refused.stderr.contains("another run of this list"),
        "{refused:?}"
    );
    drop(file);
    assert_eq!(payer.pay(&[]).code, 0);
}

#[test]
fn a_list_or_results_that_cannot_be_read_or_written_send_nothing() {
    let payer = Payer::new();
    assert_eq!(payer.pay(&[]).code, 2);
    payer.list(&["B-1"]);
    std::fs::create_dir(payer.results_file()).unwrap();
    let refused = payer.pay(&[]);
    assert_eq!((refused.code, payer.creates()), (2, 0), "{refused:?}");
}
