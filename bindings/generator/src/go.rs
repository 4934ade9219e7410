//! Names and documentation as Go writes them.

use alikassa::binding::Language;

/// `OrderID` for `order_id`, and `CardNumber` for `cardNumber`.
pub(crate) fn name(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() {
            snake.push('_');
        }
        snake.push(match letter {
            '.' => '_',
            letter => letter.to_ascii_lowercase(),
        });
    }
    // With an empty word before it, because the core keeps a single one.
    Language::Go.option(&format!("_{snake}")).into_owned()
}

/// `APIError` for `ApiError`; the other classes have their own names.
pub(crate) fn class(class: &str) -> String {
    class.replace("Api", "API")
}

/// Documentation that starts with the name of what it is about, as Go's tools expect it: `Payout is
/// a payout.` for `A payout.`, with the verb `is `.
pub(crate) fn about(text: &str, name: &str, verb: &str) -> String {
    let verb = if text.starts_with("Which ") {
        "says "
    } else {
        verb
    };
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_ascii_lowercase());
    let text: String = first.into_iter().chain(letters).collect();
    format!("{name} {verb}{text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_capitals_where_go_has_them() {
        for (of_core, of_go) in [
            ("order_id", "OrderID"),
            ("cardNumber", "CardNumber"),
            ("tls_us", "TLSUs"),
            ("payouts.create", "PayoutsCreate"),
            ("event_order_ids", "EventOrderIDs"),
            ("body_sha256", "BodySHA256"),
            ("not_sent", "NotSent"),
        ] {
            assert_eq!(name(of_core), of_go);
        }
    }

    #[test]
    fn documentation_starts_with_the_name() {
        assert_eq!(about("A payout.", "Payout", "is "), "Payout is a payout.");
        assert_eq!(about("Creates it.", "Create", ""), "Create creates it.");
    }
}
