//! The provider's key, which verifies notifications.

use alikassa::VerifyingKey;
use alikassa::binding::OptionValue;

use super::Context;
use super::certificates::key_advice;
use super::finding::Finding;

pub(super) fn key(context: &mut Context) -> Finding {
    let opened = match context.settings.take("notification_cert") {
        Some(OptionValue::Text(folder)) => VerifyingKey::load(folder),
        Some(OptionValue::VerifyingKey(key)) => Ok(key),
        _ => {
            return Finding::warning(
                "not set: notifications cannot be verified",
                "pass --notification-cert with the folder of public.pem",
            );
        }
    };
    match opened {
        Ok(key) => Finding::ok(format!("an RSA key of {} bits opens", key.bits())),
        Err(error) => Finding::failed(error.message(), key_advice(&error)),
    }
}
