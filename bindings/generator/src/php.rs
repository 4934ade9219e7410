//! The classes of the PHP package: one in each file, as its autoloader expects.

use std::collections::BTreeMap;
use std::error::Error;

use minijinja::value::Serde;
use minijinja::{Environment, Value};

use crate::files::File;
use crate::tables::{ClientOption, Tables};

const FOLDER: &str = "bindings/php/generated";

/// Options about events. The library calls a hook on a thread of its own, which PHP cannot serve.
const EVENT_OPTIONS: [&str; 2] = ["on_event", "event_order_ids"];

pub(crate) fn files(
    environment: &Environment<'_>,
    tables: &Tables,
) -> Result<Vec<File>, Box<dyn Error>> {
    let mut files = Vec::new();
    for (name, template) in [
        ("Internal/Constructor", "php/constructor.php"),
        ("Internal/Tables", "php/tables.php"),
        ("PaymentStatus", "php/payment_status.php"),
    ] {
        files.push(file(environment, tables, name, template, ())?);
    }
    for record in tables
        .records
        .iter()
        .filter(|row| row.name != "ClientEvent")
    {
        let name = record.name;
        files.push(file(environment, tables, name, "php/record.php", record)?);
    }
    for error in &tables.errors {
        let name = error.class;
        files.push(file(environment, tables, name, "php/error.php", error)?);
    }
    for resource in tables.resources() {
        let name = format!("{}{}", resource[..1].to_uppercase(), &resource[1..]);
        let template = "php/resource.php";
        files.push(file(environment, tables, &name, template, resource)?);
    }
    Ok(files)
}

/// The file of a class, whose template reads `item` besides the tables.
fn file(
    environment: &Environment<'_>,
    tables: &Tables,
    name: &str,
    template: &str,
    item: impl serde::Serialize,
) -> Result<File, Box<dyn Error>> {
    let options = tables
        .options
        .iter()
        .map(|option: &ClientOption| option.name);
    let offered: Vec<_> = options
        .filter(|name| !EVENT_OPTIONS.contains(name))
        .collect();
    let context = BTreeMap::from([
        ("tables", Value::from(Serde(tables))),
        ("item", Value::from(Serde(item))),
        ("offered", offered.into()),
        ("version", env!("CARGO_PKG_VERSION").into()),
    ]);
    let rendered = environment.get_template(template)?.render(context);
    Ok(File {
        path: format!("{FOLDER}/{name}.php"),
        content: rendered.map_err(|error| format!("{error:#}"))?,
    })
}
