//! Reads of the account, and of payments and payouts.

use std::ops::ControlFlow;
use std::process::ExitCode;
use std::time::Duration;

use alikassa::binding::{Call, Response};
use alikassa::{CallOptions, Client, Value};

use crate::arguments::{OrderArguments, Waited};
use crate::failure::{FAILED, Failure};
use crate::output::Output;

pub(crate) fn balance(client: &Client, output: &Output) -> Result<(), Failure> {
    print(client, Call::named("account.balance", Vec::new())?, output)
}

pub(crate) fn info(client: &Client, output: &Output) -> Result<(), Failure> {
    print(client, Call::named("account.info", Vec::new())?, output)
}

pub(crate) fn status(
    client: &Client,
    order: &OrderArguments,
    output: &Output,
) -> Result<(), Failure> {
    print(client, order.call("status")?, output)
}

/// Waits, and prints the last status. The exit code says whether it is final.
pub(crate) fn wait(
    client: &Client,
    request: &Waited,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let interval = Duration::try_from_secs_f64(request.interval)
        .map_err(|_| Failure::usage("interval: pass a number of seconds"))?;
    let call = request.order.call("wait")?;
    let call = call.interval(Some(interval));
    let call = call.on_update(Box::new(|_| ControlFlow::Continue(())));
    let response = client.execute(call, &CallOptions::default())?;
    show(&response, output);
    let is_final = response.record().and_then(|record| record.is_final);
    Ok(match is_final {
        Some(false) => ExitCode::from(FAILED),
        _ => ExitCode::SUCCESS,
    })
}

fn print(client: &Client, call: Call, output: &Output) -> Result<(), Failure> {
    let response = client.execute(call, &CallOptions::default())?;
    show(&response, output);
    Ok(())
}

fn show(response: &Response, output: &Output) {
    if let Some(record) = response.record() {
        output.record(&record);
    }
}

impl OrderArguments {
    /// The call of this order.
    fn call(&self, method: &str) -> Result<Call, Failure> {
        let resource = if self.payout { "payouts" } else { "payments" };
        let names = [("id", &self.id), ("order_id", &self.order_id)];
        let fields = names.into_iter().filter_map(|(name, value)| {
            let value = value.clone()?;
            Some((name.to_owned(), Value::Text(value)))
        });
        Ok(Call::named(
            &format!("{resource}.{method}"),
            fields.collect(),
        )?)
    }
}
