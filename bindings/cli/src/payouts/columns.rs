//! The columns of a list: the fields of a payout.

use alikassa::binding::{RequestField, Rule};
use alikassa::{PayoutRequest, Value};

use super::csv_line;
use super::problems::Problems;

/// The longest name that is shown when it is not known.
const MAX_NAME: usize = 40;

/// A column: a field of the request, or of an object in it.
pub(super) struct Column {
    object: Option<&'static str>,
    field: &'static RequestField,
}

impl Column {
    /// The column of this name: `amount`, `extra.card_holder`.
    fn named(name: &str) -> Option<Self> {
        PayoutRequest::FIELDS.iter().find_map(|field| {
            let Rule::Object(object) = field.rule else {
                return (field.name == name).then_some(Self {
                    object: None,
                    field,
                });
            };
            let member = name.strip_prefix(field.name)?.strip_prefix('.')?;
            let found = object.fields.iter().find(|field| field.name == member)?;
            Some(Self {
                object: Some(field.name),
                field: found,
            })
        })
    }

    pub(super) fn name(&self) -> String {
        match self.object {
            Some(object) => format!("{object}.{}", self.field.name),
            None => self.field.name.to_owned(),
        }
    }

    /// Adds the value of a cell to the fields of a request.
    pub(super) fn add(&self, fields: &mut Vec<(String, Value)>, cell: &str) {
        let number = match self.field.rule {
            Rule::Integer(..) => cell.parse().ok(),
            _ => None,
        };
        let value = number.map_or_else(|| Value::from(cell), Value::Integer);
        let member = (self.field.name.to_owned(), value);
        let Some(object) = self.object else {
            return fields.push(member);
        };
        let known = fields.iter_mut().find_map(|(name, value)| match value {
            Value::Map(members) if name == object => Some(members),
            _ => None,
        });
        match known {
            Some(members) => members.push(member),
            None => fields.push((object.to_owned(), Value::Map(vec![member]))),
        }
    }
}

/// The columns that the first line names.
pub(super) fn read(line: usize, header: &str, problems: &mut Problems) -> Vec<Column> {
    let names = match csv_line::cells(header) {
        Ok(names) => names,
        Err(problem) => {
            problems.add(line, problem);
            return Vec::new();
        }
    };
    if names.len() == 1 && header.contains([';', '\t']) {
        problems.add(line, "separate the columns by commas");
        return Vec::new();
    }
    let mut columns: Vec<Column> = Vec::new();
    for (place, name) in names.iter().enumerate() {
        match Column::named(name) {
            Some(column) if columns.iter().any(|known| known.name() == *name) => {
                problems.add(line, format!("the column {} is there twice", column.name()));
            }
            Some(column) => columns.push(column),
            None => problems.add(line, unknown(place + 1, name)),
        }
    }
    let required = PayoutRequest::FIELDS.iter().filter(|field| field.required);
    for field in required {
        if columns.iter().all(|column| column.name() != field.name) {
            problems.add(line, format!("the column {} is missing", field.name));
        }
    }
    columns
}

/// A name that is not known is shown if it cannot be the number of a card: the first line of a list
/// without names is a payout.
fn unknown(place: usize, name: &str) -> String {
    let is_name = |c: char| c.is_alphabetic() || matches!(c, '_' | '.' | '-' | ' ');
    if name.chars().count() <= MAX_NAME && !name.is_empty() && name.chars().all(is_name) {
        format!("a payout has no field {name}")
    } else {
        format!("the name of column {place} is no field of a payout; the first line has the names")
    }
}
