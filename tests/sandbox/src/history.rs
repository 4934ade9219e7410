//! The list of payments, page by page.

use serde::Serialize;

use crate::validation::Check;
use crate::fields::Fields;
use crate::http::Answer;

const PAGE_SIZE: u64 = 12;
const LONGEST_PAGE: u64 = 1000;
/// Where the links point: to a host that cannot exist, because the list is only had by a signed POST.
const ADDRESS: &str = "https://api.sandbox.invalid/v1/payment/history";

/// What is asked for.
pub(crate) struct Query {
    date_from: Option<String>,
    date_to: Option<String>,
    page: u64,
    per_page: u64,
}

impl Query {
    pub(crate) fn read(fields: &Fields) -> Result<Self, Answer> {
        let mut check = Check::new(fields);
        let query = Self {
            date_from: check.day("date_from"),
            date_to: check.day("date_to"),
            page: check.integer("page", 1..=u64::from(u32::MAX)).unwrap_or(1),
            per_page: check
                .integer("paginate", 1..=LONGEST_PAGE)
                .unwrap_or(PAGE_SIZE),
        };
        check.done(query)
    }

    /// Whether a time lies between the days, both included.
    pub(crate) fn includes(&self, created_at: &str) -> bool {
        let day = created_at.split(' ').next();
        self.date_from
            .as_deref()
            .is_none_or(|from| day >= Some(from))
            && self.date_to.as_deref().is_none_or(|to| day <= Some(to))
    }

    /// The page asked for, of everything that is included.
    pub(crate) fn answer<T: Serialize>(&self, all: &[T]) -> Answer {
        let total = all.len() as u64;
        let skipped = (self.page - 1) * self.per_page;
        let end = total.min(skipped + self.per_page);
        let data = usize::try_from(skipped).ok().zip(usize::try_from(end).ok());
        let data = data.and_then(|(start, end)| all.get(start..end));
        let data = data.unwrap_or_default();
        let is_there = |position: u64| (!data.is_empty()).then_some(position);
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
                from: is_there(skipped + 1),
                last_page,
                path: ADDRESS,
                per_page: self.per_page,
                to: is_there(end),
                total,
            },
        };
        Answer::json(200, &page)
    }
}

fn link(page: u64) -> String {
    format!("{ADDRESS}?page={page}")
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
