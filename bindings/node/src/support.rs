//! The record of a request for the provider's support.

use alikassa::Support;
use napi::Env;
use napi::bindgen_prelude::{External, Object};
use napi_derive::napi;

use crate::boundary;
use crate::output;

/// `{ fields, text }` of a record. Nothing of it is masked before it is read.
#[napi]
pub(crate) fn support_read<'js>(
    env: &'js Env,
    support: &External<Support>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let mut read = Object::new(env)?;
        read.set("fields", output::members_to_js(env, &support.fields())?)?;
        read.set("text", support.to_text())?;
        Ok(read)
    })
}
