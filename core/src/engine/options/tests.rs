use super::*;

#[test]
fn a_default_that_is_a_word_is_the_default_of_its_type() {
    for option in OPTIONS {
        let Some(OptionDefault::Text(word)) = option.default else {
            continue;
        };
        let mut options = Options::new();
        let (digest, roots, base_url) = (options.digest, options.roots, options.base_url.clone());
        options
            .set(option.name, OptionValue::Text(word.to_owned()))
            .unwrap();
        assert_eq!(
            (options.digest, options.roots, options.base_url),
            (digest, roots, base_url)
        );
    }
}

#[test]
fn a_value_of_another_type_is_refused_with_the_name_of_the_option() {
    for option in OPTIONS {
        let wrong = match option.kind {
            OptionKind::Flag => OptionValue::Count(1),
            _ => OptionValue::Flag(true),
        };
        let error = Options::new().set(option.name, wrong).unwrap_err();
        assert_eq!(error.field(), Some(option.name));
        assert_eq!(error.reason(), Some("type"));
    }
}

#[test]
fn a_count_or_duration_out_of_its_range_is_refused() {
    let set = |name, value| {
        let mut options = Options::new();
        options.set(name, value).unwrap();
        options.check()
    };
    for (name, value) in [
        ("max_connections", OptionValue::Count(0)),
        ("max_connections", OptionValue::Count(4097)),
        ("signature_cache", OptionValue::Count(1_000_001)),
        ("timeout", OptionValue::Duration(Duration::ZERO)),
        ("timeout", OptionValue::Duration(Duration::from_millis(99))),
        (
            "timeout",
            OptionValue::Duration(Duration::from_millis(3_600_001)),
        ),
        (
            "connect_timeout",
            OptionValue::Duration(Duration::from_millis(99)),
        ),
        (
            "connect_timeout",
            OptionValue::Duration(Duration::from_millis(3_600_001)),
        ),
        ("deadline", OptionValue::Duration(Duration::ZERO)),
        (
            "deadline",
            OptionValue::Duration(Duration::from_millis(86_400_001)),
        ),
    ] {
        let error = set(name, value).unwrap_err();
        assert_eq!(
            (error.field(), error.reason()),
            (Some(name), Some("out_of_range"))
        );
    }
    for (name, millis) in [
        ("timeout", 100),
        ("timeout", 3_600_000),
        ("connect_timeout", 100),
        ("connect_timeout", 3_600_000),
        ("deadline", 1),
        ("deadline", 86_400_000),
    ] {
        set(name, OptionValue::Duration(Duration::from_millis(millis))).unwrap();
    }
    set("max_connections", OptionValue::Count(4096)).unwrap();
    set("signature_cache", OptionValue::Count(0)).unwrap();
}

#[test]
fn an_unknown_option_is_refused() {
    let error = Options::new()
        .set("colour", OptionValue::Flag(true))
        .unwrap_err();
    assert_eq!(
        (error.field(), error.reason()),
        (Some("colour"), Some("unknown"))
    );
    assert!(option("colour").is_err());
}
