//! The JSON format of a fault.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Fault, FaultKind};
use crate::matching::Match;

/// More padding than any test needs, but not enough to exhaust memory.
const N_LIMIT: usize = 64 * 1024 * 1024;

impl Fault {
    /// Parses a fault. The error describes what is wrong.
    pub(crate) fn from_json(body: &[u8]) -> Result<Self, String> {
        let json: JsonFault = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        if json.n.is_some_and(|n| n > N_LIMIT) {
            return Err(format!("`n` is at most {N_LIMIT}"));
        }
        let times = match json.times {
            -1 => None,
            1.. => Some(json.times.unsigned_abs()),
            _ => return Err("`times` is -1 or at least 1".into()),
        };
        Ok(Self {
            matching: json.matching.clone(),
            act: json.act,
            times,
            kind: json.kind()?,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonFault {
    #[serde(rename = "match", default)]
    matching: Match,
    fault: String,
    n: Option<usize>,
    act: Option<bool>,
    #[serde(default = "once")]
    times: i64,
    status: Option<u16>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<Box<RawValue>>,
}

fn once() -> i64 {
    1
}

impl JsonFault {
    fn kind(self) -> Result<FaultKind, String> {
        let n = |default: usize| self.n.unwrap_or(default);
        let milliseconds = |n: usize| Duration::from_millis(n as u64);
        Ok(match self.fault.as_str() {
            "close_before" => FaultKind::CloseBefore,
            "close_after_read" => FaultKind::CloseAfterRead,
            "close_after_act" => FaultKind::CloseAfterAct,
            "reset" => FaultKind::Reset,
            "stall" => self
                .n
                .map_or(FaultKind::Silence, |n| FaultKind::Stall(milliseconds(n))),
            "slow" => FaultKind::Slow(milliseconds(n(50))),
            "cut" => FaultKind::Cut,
            "cut_at" => FaultKind::CutAt(self.n.ok_or("`cut_at` needs `n`")?),
            "wrong_type" => FaultKind::WrongType,
            "oversize" => FaultKind::Oversize(n(2 * 1024 * 1024)),
            "deep" => FaultKind::Deep(n(1000)),
            "http_500" => FaultKind::Http500,
            "html_502" => FaultKind::Html502,
            "redirect" => FaultKind::Redirect,
            "http" => self.http()?,
            "raw" => self.raw()?,
            unknown => return Err(format!("unknown fault `{unknown}`")),
        })
    }

    fn http(self) -> Result<FaultKind, String> {
        let status = self.status.filter(|status| (200..600).contains(status));
        let status = status.ok_or("`http` needs `status`, from 200 to 599")?;
        let headers: Vec<_> = self.headers.into_iter().collect();
        if headers
            .iter()
            .any(|(name, value)| format!("{name}{value}").contains(['\r', '\n']))
        {
            return Err("a header must not contain line breaks".into());
        }
        let body = self.body.map(|body| text_of(&body)).unwrap_or_default();
        Ok(FaultKind::Http {
            status,
            headers,
            body,
        })
    }

    fn raw(self) -> Result<FaultKind, String> {
        let body = self.body.ok_or("`raw` needs `body`")?;
        let bytes = STANDARD.decode(text_of(&body));
        Ok(FaultKind::Raw(
            bytes.map_err(|_| "the `body` of `raw` must be base64 text")?,
        ))
    }
}

/// The content of a JSON string, or any other JSON unchanged.
fn text_of(body: &RawValue) -> Vec<u8> {
    let text: Option<String> = serde_json::from_str(body.get()).ok();
    text.unwrap_or_else(|| body.get().to_owned()).into_bytes()
}
