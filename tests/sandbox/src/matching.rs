//! Selects the requests for a fault or the orders for a rule.

use serde::Deserialize;

/// An absent field matches everything.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Match {
    pub(crate) path: Option<String>,
    pub(crate) order_id: Option<String>,
}

impl Match {
    pub(crate) fn matches_path(&self, path: &str) -> bool {
        let path = path.trim_start_matches('/');
        let expected = self.path.as_deref();
        expected.is_none_or(|expected| expected.trim_start_matches('/') == path)
    }

    pub(crate) fn matches_any(&self, order_ref: &[String]) -> bool {
        let expected = self.order_id.as_ref();
        expected.is_none_or(|expected| order_ref.contains(expected))
    }
}
