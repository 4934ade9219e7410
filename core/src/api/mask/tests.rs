use super::*;
use crate::api::operation::Cert;
use crate::api::raw::RawRequest;

/// The mask of a raw request with this body.
fn mask_of(body: Value) -> Mask {
    let request = RawRequest::create("v1/payout", body, Cert::Payout).prepare();
    Mask::of(&request.unwrap_or_else(|error| panic!("{error}")))
}

fn payout(number: &str, order_id: &str) -> Mask {
    mask_of(Value::from([("number", number), ("order_id", order_id)]))
}

#[test]
fn a_card_number_is_masked_in_every_spelling() {
    let mask = Mask::default();
    for (text, masked) in [
        ("Card 4111111111111111 no", "Card ************1111 no"),
        ("4111 1111-1111\u{a0}1111.", "**** ****-****\u{a0}1111."),
        ("4111.1111.1111.1111", "****.****.****.1111"),
        (
            "4111\u{2013}1111\u{2212}1111\u{200b}1111",
            "****\u{2013}****\u{2212}****\u{200b}1111",
        ),
        ("4111  1111 -- 1111 1111", "****  **** -- **** 1111"),
        (
            "\u{ff14}\u{ff11}\u{ff11}\u{ff11}1111\u{ff11}\u{ff11}\u{ff11}\u{ff11}1111",
            "************1111",
        ),
        (
            "378282246310005, 30569309025904",
            "***********0005, **********5904",
        ),
        (
            "4222222222222 6011111111111111110",
            "*********2222 ***************1110",
        ),
        ("2 of 4111111111111111 in 3", "2 of ************1111 in 3"),
        ("x4111111111111111x", "x************1111x"),
    ] {
        assert_eq!(mask.cards(text), masked, "{text}");
    }
}

#[test]
fn what_is_no_card_number_stays() {
    let mask = Mask::default();
    for text in [
        "4111111111111112",
        "123456789012",
        "40817810099910004312",
        "41111111111111110000",
        "2025-09-03 11:47:10, 4 of 5",
        "4111,1111,1111,1111",
        "4111 1111 1111",
        "",
    ] {
        assert_eq!(mask.cards(text), text);
    }
}

#[test]
fn the_recipient_of_the_request_is_masked_in_every_spelling() {
    for (number, text, masked) in [
        (
            "4111111111111112",
            "4111 1111.1111-1112!",
            "**** ****.****-1112!",
        ),
        (
            "79001234567",
            "+7 (900) 123-45-67 is bad",
            "+* (***) ***-**-** is bad",
        ),
        ("123456", "12/34/56 or 1234567", "**/**/** or ******7"),
        ("DE89 3704 0044", "de89370400 44", "********00 44"),
        (
            "40817810099910004312",
            "account \u{ff14}0817810099910004312",
            "account ****************4312",
        ),
        ("1234", "1234 is short", "1234 is short"),
    ] {
        assert_eq!(payout(number, "B-1").cards(text), masked, "{text}");
    }
    let number = mask_of(Value::from([("number", 4_111_111_111_111_112_i64)]));
    assert_eq!(number.cards("4111111111111112"), "************1112");
}

#[test]
fn the_request_s_own_order_is_never_masked() {
    let card = "4111111111111111";
    for (number, order_id, text, masked) in [
        (
            card,
            "5555555555554444",
            "no 5555555555554444, no 4111111111111111",
            "no 5555555555554444, no ************1111",
        ),
        (
            card,
            card,
            "order 4111111111111111",
            "order 4111111111111111",
        ),
        (
            card,
            "B-4111111111111111",
            "B-4111111111111111",
            "B-4111111111111111",
        ),
        (card, "4111", "4111 1111 1111 1111", "**** **** **** 1111"),
        (
            "79001234567",
            "123",
            "123 5555555555554444",
            "123 ************4444",
        ),
        (
            card,
            "55555555555544",
            "5555555555554444",
            "************4444",
        ),
        (
            card,
            "202501011234567",
            "Order 202501011234567 exists",
            "Order 202501011234567 exists",
        ),
    ] {
        let mask = payout(number, order_id);
        assert_eq!(mask.cards(text), masked, "{text}");
        assert_eq!(mask.message(text), masked, "{text}");
    }
    let by_id = mask_of(Value::from([("id", 4_222_222_222_222_i64)]));
    assert_eq!(by_id.message("4222222222222"), "4222222222222");
    let mask = payout(card, "");
    assert_eq!(mask.cards("a b"), "a b");
}

#[test]
fn a_message_has_no_long_number_and_is_cut() {
    let mask = Mask::default();
    for (text, masked) in [
        ("123456789012", "********9012"),
        ("40817810099910004312", "****************4312"),
        ("4111111111111112", "************1112"),
        ("12345678901 is short", "12345678901 is short"),
        ("2025-09-03 11:47:10, 4 of 5", "2025-09-03 11:47:10, 4 of 5"),
        ("4111.1111.1111.1111", "****.****.****.1111"),
    ] {
        assert_eq!(mask.message(text), masked, "{text}");
    }
    let cut = format!("{}4111111111111111", "x".repeat(190));
    assert!(mask.message(&cut).ends_with("x**********"));
}

#[test]
fn a_long_text_keeps_its_length() {
    let mask = payout("4111111111111111", "4");
    for part in ["4 ", "1 2 ", "4111111111111111", "41 11 "] {
        let text = part.repeat((1 << 18) / part.len());
        assert_eq!(mask.cards(&text).chars().count(), text.chars().count());
    }
}
