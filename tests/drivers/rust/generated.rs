// Generated from the core's tables by `make bless`; do not edit.
//! The typed functions of the options and operations.

use alikassa::binding::Response;
use alikassa::{
    Client, ClientBuilder, HistoryRequest, Ledger, Payment, PaymentRequest, PaymentStatus, Payout,
    PayoutRequest, WaitOptions,
};
use serde_json::{Map, Value};

use crate::arguments::{duration, no_fields, order, order_and_amount, read, text};
use crate::{DriverError, bad_request};

/// Sets an option.
pub(crate) fn set(
    builder: ClientBuilder,
    name: &str,
    value: &Value,
) -> Result<ClientBuilder, DriverError> {
    Ok(match name {
        "payment_cert" => builder.payment_cert(text(value)?)?,
        "payout_cert" => builder.payout_cert(text(value)?)?,
        "notification_cert" => builder.notification_cert(text(value)?)?,
        "base_url" => builder.base_url(text(value)?),
        "digest" => builder.digest(text(value)?.parse::<alikassa::DigestMode>()?),
        "ca_file" => builder.ca_file(text(value)?),
        "roots" => builder.roots(text(value)?.parse::<alikassa::Roots>()?),
        "proxy" => builder.proxy(text(value)?),
        "connect_timeout" => builder.connect_timeout(duration(value)?),
        "timeout" => builder.timeout(duration(value)?),
        "deadline" => builder.deadline(duration(value)?),
        "max_retries" => builder.max_retries(read(value)?),
        "max_connections" => builder.max_connections(read(value)?),
        "signature_cache" => builder.signature_cache(read(value)?),
        "ledger" => builder.ledger(Ledger::named(text(value)?)?),
        "application" => builder.application(text(value)?),
        "lower_priority" => builder.lower_priority(read(value)?),
        "event_order_ids" => builder.event_order_ids(read(value)?),
        _ => return Err(bad_request(format!("unknown option {name}"))),
    })
}

/// Calls an operation; none if the types of its function cannot express the input.
pub(crate) fn call(
    client: &Client,
    operation: &str,
    input: &Map<String, Value>,
) -> Option<alikassa::Result<Response>> {
    Some(match operation {
        "payments.create" => client
            .payments()
            .create(payment_request(input)?)
            .map(Response::from),
        "payments.status" => client.payments().status(&order(input)?).map(Response::from),
        "payments.history" => client
            .payments()
            .history(history_request(input)?)
            .map(Response::from),
        "payouts.create" => client
            .payouts()
            .create(payout_request(input)?)
            .map(Response::from),
        "payouts.status" => client.payouts().status(&order(input)?).map(Response::from),
        "account.balance" => {
            no_fields(input)?;
            client.account().balance().map(Response::from)
        }
        "account.info" => {
            no_fields(input)?;
            client.account().info().map(Response::from)
        }
        "payments.resolve" => {
            let (order_id, amount) = order_and_amount(input)?;
            client
                .payments()
                .resolve(order_id, amount)
                .map(Response::from)
        }
        "payouts.resolve" => {
            let (order_id, amount) = order_and_amount(input)?;
            client
                .payouts()
                .resolve(order_id, amount)
                .map(Response::from)
        }
        _ => return None,
    })
}

/// Waits for a final status; none if the types of the function cannot express the input.
pub(crate) fn wait(
    client: &Client,
    operation: &str,
    input: &Map<String, Value>,
    options: &WaitOptions,
    on_update: impl Fn(&PaymentStatus),
) -> Option<alikassa::Result<Response>> {
    Some(match operation {
        "payments.wait" => {
            let on_update = |status: &Payment| on_update(&status.payment_status);
            client
                .payments()
                .wait(&order(input)?, options, on_update)
                .map(Response::from)
        }
        "payouts.wait" => {
            let on_update = |status: &Payout| on_update(&status.payment_status);
            client
                .payouts()
                .wait(&order(input)?, options, on_update)
                .map(Response::from)
        }
        _ => return None,
    })
}

fn payment_request(input: &Map<String, Value>) -> Option<PaymentRequest> {
    let mut request = PaymentRequest::new(
        input.get("amount")?.as_str()?,
        input.get("order_id")?.as_str()?,
        input.get("service")?.as_str()?,
        input.get("customer_ip")?.as_str()?,
    );
    for (name, value) in input.iter().filter(|(_, value)| !value.is_null()) {
        request = match name.as_str() {
            "amount" | "order_id" | "service" | "customer_ip" => request,
            "desc" => request.desc(value.as_str()?),
            "lifetime" => request.lifetime(value.as_i64()?),
            "customer_account" => request.customer_account(value.as_str()?),
            "customer_user_id" => request.customer_user_id(value.as_str()?),
            "customer_code" => request.customer_code(value.as_str()?),
            "customer_email" => request.customer_email(value.as_str()?),
            "customer_first_name" => request.customer_first_name(value.as_str()?),
            "customer_last_name" => request.customer_last_name(value.as_str()?),
            "customer_address" => request.customer_address(value.as_str()?),
            "customer_phone" => request.customer_phone(value.as_str()?),
            "customer_post_code" => request.customer_post_code(value.as_str()?),
            "customer_state" => request.customer_state(value.as_str()?),
            "customer_city" => request.customer_city(value.as_str()?),
            "customer_browser_user_agent" => request.customer_browser_user_agent(value.as_str()?),
            "customer_browser_accept_header" => {
                request.customer_browser_accept_header(value.as_str()?)
            }
            "customer_browser_color_depth" => request.customer_browser_color_depth(value.as_i64()?),
            "customer_browser_language" => request.customer_browser_language(value.as_str()?),
            "customer_browser_screen_height" => {
                request.customer_browser_screen_height(value.as_i64()?)
            }
            "customer_browser_screen_width" => {
                request.customer_browser_screen_width(value.as_i64()?)
            }
            "success_redirect_id" => request.success_redirect_id(value.as_i64()?),
            "fail_redirect_id" => request.fail_redirect_id(value.as_i64()?),
            "notification_endpoint_id" => request.notification_endpoint_id(value.as_i64()?),
            "success_redirect_url" => request.success_redirect_url(value.as_str()?),
            "fail_redirect_url" => request.fail_redirect_url(value.as_str()?),
            "notification_endpoint_url" => request.notification_endpoint_url(value.as_str()?),
            _ => return None,
        };
    }
    Some(request)
}

fn history_request(input: &Map<String, Value>) -> Option<HistoryRequest> {
    let mut request = HistoryRequest::new();
    for (name, value) in input.iter().filter(|(_, value)| !value.is_null()) {
        request = match name.as_str() {
            "date_from" => request.date_from(value.as_str()?),
            "date_to" => request.date_to(value.as_str()?),
            "page" => request.page(value.as_i64()?),
            "paginate" => request.paginate(value.as_i64()?),
            _ => return None,
        };
    }
    Some(request)
}

fn payout_request(input: &Map<String, Value>) -> Option<PayoutRequest> {
    let mut request = PayoutRequest::new(
        input.get("amount")?.as_str()?,
        input.get("number")?.as_str()?,
        input.get("order_id")?.as_str()?,
        input.get("service")?.as_str()?,
    );
    for (name, value) in input.iter().filter(|(_, value)| !value.is_null()) {
        request = match name.as_str() {
            "amount" | "number" | "order_id" | "service" => request,
            "notification_endpoint_id" => request.notification_endpoint_id(value.as_i64()?),
            "notification_endpoint_url" => request.notification_endpoint_url(value.as_str()?),
            "customer_phone" => request.customer_phone(value.as_str()?),
            "customer_email" => request.customer_email(value.as_str()?),
            "customer_code" => request.customer_code(value.as_str()?),
            "customer_first_name" => request.customer_first_name(value.as_str()?),
            "customer_last_name" => request.customer_last_name(value.as_str()?),
            "customer_country" => request.customer_country(value.as_str()?),
            _ => return None,
        };
    }
    Some(request)
}
