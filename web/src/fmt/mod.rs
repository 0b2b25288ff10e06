//! What people read: days, durations, money, names. Locale rules come from the browser's `Intl`.

pub(crate) mod day;
pub(crate) mod duration;
pub(crate) mod intl;
pub(crate) mod money;
pub(crate) mod name;
pub(crate) mod size;

pub(crate) use day::Day;
