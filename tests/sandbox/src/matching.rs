//! Which requests a fault or a rule is for.

use serde::Deserialize;

/// What is left out fits everything.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Match {
    pub(crate) path: Option<String>,
    pub(crate) order_id: Option<String>,
}

impl Match {
    pub(crate) fn fits_path(&self, path: &str) -> bool {
        let path = path.trim_start_matches('/');
        let wanted = self.path.as_deref();
        wanted.is_none_or(|wanted| wanted.trim_start_matches('/') == path)
    }

    pub(crate) fn fits_any(&self, names: &[String]) -> bool {
        let wanted = self.order_id.as_ref();
        wanted.is_none_or(|wanted| names.contains(wanted))
    }
}
