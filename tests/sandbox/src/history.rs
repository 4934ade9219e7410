//! The paginated payment history.

use serde::Serialize;

use crate::fields::Fields;
use crate::http::Response;
use crate::validation::Validator;

const DEFAULT_PAGE_SIZE: u64 = 12;
const MAX_PAGE_SIZE: u64 = 1000;
/// The base of the links. The host cannot exist, because the history requires a signed POST.
const URL: &str = "https://api.sandbox.invalid/v1/payment/history";

/// The validated fields of a history request.
pub(crate) struct Query {
    date_from: Option<String>,
    date_to: Option<String>,
    page: u64,
    per_page: u64,
}

impl Query {
    pub(crate) fn read(fields: &Fields) -> Result<Self, Response> {
        let mut validator = Validator::new(fields);
        let query = Self {
            date_from: validator.day("date_from"),
            date_to: validator.day("date_to"),
            page: validator
                .integer("page", 1..=u64::from(u32::MAX))
                .unwrap_or(1),
            per_page: validator
                .integer("paginate", 1..=MAX_PAGE_SIZE)
                .unwrap_or(DEFAULT_PAGE_SIZE),
        };
        validator.finish(query)
    }

    /// Whether the time is between the two days, both inclusive.
    pub(crate) fn includes(&self, created_at: &str) -> bool {
        let day = created_at.split(' ').next();
        self.date_from
            .as_deref()
            .is_none_or(|from| day >= Some(from))
            && self.date_to.as_deref().is_none_or(|to| day <= Some(to))
    }

    /// The requested page of `all` included entries.
    pub(crate) fn response<T: Serialize>(&self, all: &[T]) -> Response {
        let total = all.len() as u64;
        let skipped = (self.page - 1) * self.per_page;
        let end = total.min(skipped + self.per_page);
        let data = usize::try_from(skipped).ok().zip(usize::try_from(end).ok());
        let data = data.and_then(|(start, end)| all.get(start..end));
        let data = data.unwrap_or_default();
        let unless_empty = |position: u64| (!data.is_empty()).then_some(position);
        let last_page = total.div_ceil(self.per_page).max(1);
        let page = Page {
            data,
            links: Links {
                first: link(1),
                last: link(last_page),
                prev: (self.page > 1).then(|| link(self.page - 1)),
                next: (self.page < last_page).then(|| link(self.page + 1)),
            },
            meta: Meta {
                current_page: self.page,
                from: unless_empty(skipped + 1),
                last_page,
                path: URL,
                per_page: self.per_page,
                to: unless_empty(end),
                total,
            },
        };
        Response::json(200, &page)
    }
}

fn link(page: u64) -> String {
    format!("{URL}?page={page}")
}

#[derive(Serialize)]
struct Page<'a, T> {
    data: &'a [T],
    links: Links,
    meta: Meta,
}

#[derive(Serialize)]
struct Links {
    first: String,
    last: String,
    prev: Option<String>,
    next: Option<String>,
}

#[derive(Serialize)]
struct Meta {
    current_page: u64,
    from: Option<u64>,
    last_page: u64,
    path: &'static str,
    per_page: u64,
    to: Option<u64>,
    total: u64,
}
