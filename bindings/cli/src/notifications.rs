//! Verifying what the provider sent, without a request.

mod listen;
mod request;

use std::path::PathBuf;

use alikassa::{Client, WebhookPayload};
use clap::{Args, Subcommand};

use crate::configuration::{self, Connection};
use crate::failure::Failure;
use crate::input;
use crate::output::Output;
use listen::Address;

#[derive(Args)]
pub(crate) struct NotificationsArguments {
    #[command(subcommand)]
    command: NotificationsCommand,
}

#[derive(Subcommand)]
enum NotificationsCommand {
    /// Receive notifications over HTTP, and print those that are verified, until Ctrl-C
    #[command(after_help = "Examples:
  alikassa notifications listen --port 8080
  alikassa notifications listen --port 0 --json")]
    Listen(Address),
    /// Check the signature of a notification and print its signed fields
    #[command(after_help = "Example:
  alikassa notifications verify --body body.txt --content-type application/json")]
    Verify(Payload),
}

#[derive(Args)]
#[command(group = clap::ArgGroup::new("payload").required(true).args(["query", "body"]))]
struct Payload {
    /// The query of the address that was called, without the question mark
    #[arg(long)]
    query: Option<String>,

    /// The file of the body; - reads the standard input
    #[arg(long, value_name = "FILE")]
    body: Option<PathBuf>,

    /// The header Content-Type of the body
    #[arg(long, requires = "body", value_name = "TYPE")]
    content_type: Option<String>,
}

pub(crate) fn run(
    arguments: &NotificationsArguments,
    connection: &Connection,
    output: &Output,
) -> Result<(), Failure> {
    let client = configuration::client(connection)?;
    match &arguments.command {
        NotificationsCommand::Listen(address) => listen::run(address, client, output),
        NotificationsCommand::Verify(payload) => verify(payload, &client, output),
    }
}

fn verify(payload: &Payload, client: &Client, output: &Output) -> Result<(), Failure> {
    let body = payload.body.as_deref().map(input::bytes).transpose()?;
    let webhook = match (&payload.query, &body) {
        (Some(query), _) => WebhookPayload::query(query),
        (None, body) => WebhookPayload::body(
            body.as_deref().unwrap_or_default(),
            payload.content_type.as_deref(),
        ),
    };
    let verified = client.verify("notifications.verify", webhook, None)?;
    if let Some(record) = verified.record() {
        output.record(&record);
    }
    Ok(())
}
