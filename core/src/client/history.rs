//! The history of payments: its request, its pages, and how to go through them.

use std::collections::VecDeque;

use crate::api::response::Response;
use crate::api::response::unexpected;
use crate::client::Client;
use crate::client::call::Call;
use crate::engine::settings::CallOptions;
use crate::error::{Error, Result};
use crate::schema::history::{HistoryPayment, HistoryRequest};
use crate::types::value::Value;

/// Which page comes next; the links that the provider sends are no signed calls, and are not followed.
#[derive(Clone, Debug)]
pub struct Pages {
    fields: Vec<(String, Value)>,
    page: i64,
    /// The ids of the page before.
    before: Vec<i64>,
    ended: bool,
}

impl Pages {
    /// The pages from the one that the fields name on, else from the first.
    pub fn new(mut fields: Vec<(String, Value)>) -> Self {
        let page = fields.iter().find_map(|field| match field {
            (name, Value::Integer(page)) if name == "page" => Some(*page),
            _ => None,
        });
        // A page that is no integer stays, and is refused like any other field.
        if page.is_some() {
            fields.retain(|(name, _)| name != "page");
        }
        Self {
            page: page.unwrap_or(1),
            fields,
            before: Vec::new(),
            ended: false,
        }
    }

    /// The call for the next page; none after the last one.
    ///
    /// # Errors
    /// None of its own.
    pub fn next_call(&self) -> Result<Option<Call>> {
        if self.ended {
            return Ok(None);
        }
        let mut fields = self.fields.clone();
        let named = fields
            .iter()
            .any(|(name, value)| name == "page" && *value != Value::Null);
        if !named {
            fields.push(("page".to_owned(), Value::Integer(self.page)));
        }
        Call::named("payments.history", fields).map(Some)
    }

    /// Takes note of a page, and gives its payments.
    ///
    /// # Errors
    /// [`Protocol`](crate::ErrorKind::Protocol) when the page repeats the one before.
    pub fn read(&mut self, answer: Response) -> Result<Vec<HistoryPayment>> {
        let Response::History(history) = answer else {
            return Err(unexpected(&answer));
        };
        let ids: Vec<i64> = history.data.iter().map(|payment| payment.id).collect();
        let last = history.meta.as_ref().and_then(|meta| meta.last_page);
        self.ended = ids.is_empty() || last.is_some_and(|last| self.page >= last);
        if !ids.is_empty() && ids == self.before {
            self.ended = true;
            return Err(
                Error::protocol("a page of the history repeats the one before")
                    .with_call("payments.history", None),
            );
        }
        self.before = ids;
        match self.page.checked_add(1) {
            Some(next) => self.page = next,
            None => self.ended = true,
        }
        Ok(history.data)
    }

    /// Nothing more is asked for.
    pub fn end(&mut self) {
        self.ended = true;
    }
}

/// The payments of the history, page after page; from [`Payments::iter_history`](crate::Payments::iter_history).
#[derive(Debug)]
pub struct HistoryIter<'a> {
    client: &'a Client,
    pages: Pages,
    payments: VecDeque<HistoryPayment>,
}

impl<'a> HistoryIter<'a> {
    pub(crate) fn new(client: &'a Client, request: HistoryRequest) -> Self {
        Self {
            client,
            pages: Pages::new(request.into_fields()),
            payments: VecDeque::new(),
        }
    }

    fn turn_the_page(&mut self) -> Result<()> {
        if let Some(call) = self.pages.next_call()? {
            let answer = self.client.execute(call, &CallOptions::default())?;
            self.payments = self.pages.read(answer)?.into();
        }
        Ok(())
    }
}

impl Iterator for HistoryIter<'_> {
    type Item = Result<HistoryPayment>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.payments.is_empty()
            && let Err(error) = self.turn_the_page()
        {
            self.pages.end();
            return Some(Err(error));
        }
        self.payments.pop_front().map(Ok)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::history::History;

    #[test]
    fn the_last_page_there_can_be_has_none_after_it() {
        let mut pages = Pages::new(vec![("page".to_owned(), Value::Integer(i64::MAX))]);
        let page = Value::from([("data", Value::List(vec![Value::from([("id", 7)])]))]);
        let page = History::read(page, Vec::new()).unwrap();
        assert_eq!(
            pages.read(Response::History(Box::new(page))).unwrap().len(),
            1
        );
        assert!(pages.next_call().unwrap().is_none());
    }
}
