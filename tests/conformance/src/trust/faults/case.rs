//! The cases: every fault at every place of every operation.

use std::fmt;

use super::drivers;
use super::fixture::{Ground, Grounds, Lengths};
use super::operation::Operation;
use super::proxy::{Cut, Fault, Way};
use crate::Fallible;
use crate::language::Language;
use crate::trust::Length;
use crate::trust::orders::Order;

/// The orders of the calls that are only measured come before all others.
const MEASURED: usize = 2 * Operation::ALL.len();

/// A call through the library's own Rust, plain or over TLS, or through a driver.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Through {
    Plain,
    Tls,
    Driver(Language),
}

impl Through {
    /// No row has fewer cases.
    pub(super) fn fewest(self) -> usize {
        match self {
            Self::Plain => 3_000,
            Self::Tls => 1_000,
            Self::Driver(_) => 200,
        }
    }
}

/// A call whose first connection is cut.
#[derive(Clone, Copy)]
pub(super) struct Case {
    pub(super) operation: &'static Operation,
    pub(super) through: Through,
    pub(super) cut: Cut,
    pub(super) order: Order,
}

/// An operation that was measured.
pub(super) struct Subject {
    pub(super) operation: &'static Operation,
    plain: Lengths,
    tls: Lengths,
    /// What a read is answered with.
    pub(super) reference: Vec<u8>,
}

impl Subject {
    /// Makes every call with nothing in its way.
    pub(super) fn all(grounds: &Grounds) -> Fallible<Vec<Self>> {
        let operations = Operation::ALL.iter().enumerate();
        operations
            .map(|(number, operation)| Self::measure(grounds.of(operation), number, operation))
            .collect()
    }

    fn measure(ground: &Ground, number: usize, operation: &'static Operation) -> Fallible<Self> {
        let (plain, reference) = ground.measure(operation, Order(2 * number), false)?;
        let (tls, _) = ground.measure(operation, Order(2 * number + 1), true)?;
        Ok(Self {
            operation,
            plain,
            tls,
            reference,
        })
    }

    pub(super) fn lengths(&self, through: Through) -> &Lengths {
        match through {
            Through::Plain | Through::Driver(_) => &self.plain,
            Through::Tls => &self.tls,
        }
    }

    /// The ways through which it is tried, and how many bytes lie between two cuts.
    fn grids(&self, length: Length) -> Vec<(Through, usize)> {
        let step = if self.operation.creates() { 16 } else { 48 };
        let mut grids = vec![(Through::Plain, 1), (Through::Tls, length.of(step, 1))];
        if drivers::OPERATIONS.contains(&self.operation.name) {
            let drivers = drivers::LANGUAGES.map(Through::Driver);
            grids.extend(drivers.map(|driver| (driver, length.of(32, 4))));
        }
        grids
    }
}

/// Every fault at every place, each with an order of its own.
pub(super) fn cases(subjects: &[Subject], length: Length) -> Vec<Case> {
    let mut cases = Vec::new();
    for subject in subjects {
        for (through, step) in subject.grids(length) {
            for way in Way::ALL {
                for at in (0..=subject.lengths(through).of(way)).step_by(step) {
                    for fault in Fault::ALL {
                        let number = MEASURED + cases.len();
                        cases.push(Case {
                            operation: subject.operation,
                            through,
                            cut: Cut {
                                way,
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
    /// The row that it counts in.
    pub(super) fn group(&self) -> String {
        let creates = if self.operation.creates() {
            "creates"
        } else {
            "reads"
        };
        match self.through {
            Through::Plain => self.operation.name.to_owned(),
            Through::Tls => format!("{creates} over TLS"),
            Through::Driver(language) => format!("{creates}, {language}"),
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Cut {
            way,
            at,
            fault,
            seed,
        } = self.cut;
        let name = self.operation.name;
        let through = self.through;
        write!(
            f,
            "{name}, {through:?}: {fault:?} at byte {at} of the {way:?}, seed {seed}"
        )
    }
}
