//! Iterating over the pages of the payment history.

use std::collections::VecDeque;

use crate::api::operation::PAYMENTS_HISTORY;
use crate::api::response::Response;
use crate::client::Client;
use crate::client::call::Call;
use crate::error::{Error, Result};
use crate::schema::history::{History, HistoryPayment, HistoryRequest};
use crate::schema::request::IntoFields;
use crate::types::value::Value;

/// The position in the pages of the history. The provider's links to other pages are not followed,
/// because they are not signed requests.
#[derive(Clone, Debug)]
pub struct HistoryPages {
    fields: Vec<(String, Value)>,
    page: i64,
    /// The ids of the previous page.
    previous: Vec<i64>,
    ended: bool,
}

impl HistoryPages {
    /// The pages that start with the one in the fields, or with the first.
    pub fn new(mut fields: Vec<(String, Value)>) -> Self {
        let page = fields.iter().find_map(|field| match field {
            (name, Value::Integer(page)) if name == "page" => Some(*page),
            _ => None,
        });
        // A page that is not an integer stays in the fields, so that the request's check refuses
        // it.
        if page.is_some() {
            fields.retain(|(name, _)| name != "page");
        }
        Self {
            page: page.unwrap_or(1),
            fields,
            previous: Vec::new(),
            ended: false,
        }
    }

    /// The call for the next page; none after the last page.
    ///
    /// # Errors
    /// None: the arguments are checked when the call starts.
    pub fn next_call(&self) -> Result<Option<Call>> {
        self.next_fields()
            .map(|fields| Call::named(PAYMENTS_HISTORY.name, fields))
            .transpose()
    }

    /// Reads a page.
    ///
    /// # Errors
    /// [`Protocol`](crate::ErrorKind::Protocol) if the page repeats the previous one.
    pub fn read(&mut self, response: &Response) -> Result<()> {
        let page: Option<&History> = response.downcast_ref();
        self.advance(page.ok_or_else(|| Error::internal("unexpected response type"))?)
    }

    /// Ends the iteration.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// The fields of the request for the next page; none after the last page.
    fn next_fields(&self) -> Option<Vec<(String, Value)>> {
        if self.ended {
            return None;
        }
        let mut fields = self.fields.clone();
        let has_page = fields
            .iter()
            .any(|(name, value)| name == "page" && *value != Value::Null);
        if !has_page {
            fields.push(("page".to_owned(), Value::Integer(self.page)));
        }
        Some(fields)
    }

    fn advance(&mut self, page: &History) -> Result<()> {
        let ids: Vec<i64> = page.data.iter().map(|payment| payment.id).collect();
        let last = page.meta.as_ref().and_then(|meta| meta.last_page);
        self.ended = ids.is_empty() || last.is_some_and(|last| self.page >= last);
        if !ids.is_empty() && ids == self.previous {
            self.ended = true;
            return Err(
                Error::protocol("a page of the history repeats the previous page")
                    .with_call(PAYMENTS_HISTORY.name, None),
            );
        }
        self.previous = ids;
        match self.page.checked_add(1) {
            Some(next) => self.page = next,
            None => self.ended = true,
        }
        Ok(())
    }
}

/// An iterator over the payments of the history, from
/// [`Payments::iter_history`](crate::Payments::iter_history).
#[derive(Debug)]
pub struct HistoryIter<'a> {
    client: &'a Client,
    pages: HistoryPages,
    payments: VecDeque<HistoryPayment>,
}

impl<'a> HistoryIter<'a> {
    pub(crate) fn new(client: &'a Client, request: HistoryRequest) -> Self {
        Self {
            client,
            pages: HistoryPages::new(request.into_fields()),
            payments: VecDeque::new(),
        }
    }

    fn next_page(&mut self) -> Result<()> {
        if let Some(fields) = self.pages.next_fields() {
            let page: History = self.client.call(&PAYMENTS_HISTORY, fields)?;
            self.pages.advance(&page)?;
            self.payments = page.data.into();
        }
        Ok(())
    }
}

impl Iterator for HistoryIter<'_> {
    type Item = Result<HistoryPayment>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.payments.is_empty()
            && let Err(error) = self.next_page()
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

    #[test]
    fn the_page_with_the_highest_number_is_the_last() {
        let mut pages = HistoryPages::new(vec![("page".to_owned(), Value::Integer(i64::MAX))]);
        let page = Value::from([("data", Value::List(vec![Value::from([("id", 7)])]))]);
        let page = History::read(page, Vec::new()).unwrap();
        pages.read(&page.into()).unwrap();
        assert!(pages.next_call().unwrap().is_none());
    }
}
