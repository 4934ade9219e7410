//! The cases: every fault at every byte position of every operation.

use std::fmt;

use super::drivers;
use super::fixture::{Fixture, Fixtures, Sizes};
use super::operation::Operation;
use super::proxy::{Direction, Fault, Injection};
use crate::Result;
use crate::language::Language;
use crate::trust::Length;
use crate::trust::orders::Order;

/// A call through the Rust client, over plain HTTP or TLS, or through a driver.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Transport {
    Plain,
    Tls,
    Driver(Language),
}

impl Transport {
    /// The least number of cases in a row.
    pub(super) fn min_cases(self) -> usize {
        match self {
            Self::Plain => 3_000,
            Self::Tls => 1_000,
            Self::Driver(_) => 200,
        }
    }
}

/// A call whose first connection gets a fault.
#[derive(Clone, Copy)]
pub(super) struct Case {
    pub(super) operation: &'static Operation,
    pub(super) transport: Transport,
    pub(super) injection: Injection,
    pub(super) order: Order,
}

/// An operation without faults: its sizes and response.
pub(super) struct Baseline {
    pub(super) operation: &'static Operation,
    plain: Sizes,
    tls: Sizes,
    /// The body of the response to a read.
    pub(super) reference: Vec<u8>,
}

impl Baseline {
    /// Makes every call without a fault.
    pub(super) fn all(fixtures: &Fixtures) -> Result<Vec<Self>> {
        let operations = Operation::all().iter().enumerate();
        operations
            .map(|(number, operation)| Self::measure(fixtures.of(operation), number, operation))
            .collect()
    }

    fn measure(fixture: &Fixture, number: usize, operation: &'static Operation) -> Result<Self> {
        let (plain, reference) = fixture.measure(operation, Order(2 * number), false)?;
        let (tls, _) = fixture.measure(operation, Order(2 * number + 1), true)?;
        Ok(Self {
            operation,
            plain,
            tls,
            reference,
        })
    }

    pub(super) fn sizes(&self, transport: Transport) -> &Sizes {
        match transport {
            Transport::Plain | Transport::Driver(_) => &self.plain,
            Transport::Tls => &self.tls,
        }
    }

    /// The transports to test, each with the distance between two fault positions in bytes.
    fn sampling(&self, length: Length) -> Vec<(Transport, usize)> {
        let step = if self.operation.creates() { 16 } else { 48 };
        let mut sampling = vec![(Transport::Plain, 1), (Transport::Tls, length.of(step, 1))];
        if drivers::OPERATIONS.contains(&self.operation.name) {
            let drivers = drivers::LANGUAGES.map(Transport::Driver);
            sampling.extend(drivers.map(|driver| (driver, length.of(32, 4))));
        }
        sampling
    }
}

/// Every fault at every position, each case with its own order.
pub(super) fn cases(baselines: &[Baseline], length: Length) -> Vec<Case> {
    // Baseline calls use the first orders.
    let first = 2 * baselines.len();
    let mut cases = Vec::new();
    for baseline in baselines {
        for (transport, step) in baseline.sampling(length) {
            for direction in Direction::ALL {
                for at in (0..=baseline.sizes(transport).of(direction)).step_by(step) {
                    for fault in Fault::ALL {
                        let number = first + cases.len();
                        cases.push(Case {
                            operation: baseline.operation,
                            transport,
                            injection: Injection {
                                direction,
                                at,
                                fault,
                                seed: number as u64,
                            },
                            order: Order(number),
                        });
                    }
                }
            }
        }
    }
    cases
}

impl Case {
    /// The row that counts the case.
    pub(super) fn group(&self) -> String {
        let creates = if self.operation.creates() {
            "creates"
        } else {
            "reads"
        };
        match self.transport {
            Transport::Plain => self.operation.name.to_owned(),
            Transport::Tls => format!("{creates} over TLS"),
            Transport::Driver(language) => format!("{creates}, {language}"),
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Injection {
            direction,
            at,
            fault,
            seed,
        } = self.injection;
        let name = self.operation.name;
        let transport = self.transport;
        write!(
            f,
            "{name}, {transport:?}: {fault:?} at byte {at} of the {direction:?}, seed {seed}"
        )
    }
}
