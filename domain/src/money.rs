//! Amounts of money.

use serde::{Deserialize, Serialize};

/// An amount with its currency. Two currencies are never added up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Hundredths of the currency's unit, also for currencies that mint none.
    pub amount_cents: i64,
    /// ISO 4217 code: three capital letters.
    pub currency: String,
}

impl Money {
    /// Whether the currency is one people pay in today.
    #[must_use]
    pub fn has_known_currency(&self) -> bool {
        CURRENCIES.binary_search(&self.currency.as_str()).is_ok()
    }

    /// From two columns that are set together.
    pub(crate) fn from_columns(amount_cents: Option<i64>, currency: Option<String>) -> Option<Self> {
        Some(Self {
            amount_cents: amount_cents?,
            currency: currency?,
        })
    }

    /// For two columns that are set together.
    pub(crate) fn into_columns(money: Option<Self>) -> (Option<i64>, Option<String>) {
        money.map_or((None, None), |money| {
            (Some(money.amount_cents), Some(money.currency))
        })
    }
}

/// The active currencies of ISO 4217 (list one of 2025), without funds, metals and test codes.
/// Sorted.
const CURRENCIES: &[&str] = &[
    "AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BHD", "BIF",
    "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CLP", "CNY", "COP",
    "CRC", "CUP", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP",
    "GEL", "GHS", "GIP", "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IQD",
    "IRR", "ISK", "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT", "LAK",
    "LBP", "LKR", "LRD", "LSL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR",
    "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK", "PHP",
    "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB", "RWF", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP",
    "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB", "TJS", "TMT", "TND", "TOP", "TRY", "TTD",
    "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS", "VES", "VND", "VUV", "WST", "XAF", "XCD", "XCG", "XOF",
    "XPF", "YER", "ZAR", "ZMW", "ZWG",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_well_formed() {
        assert!(CURRENCIES.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(
            CURRENCIES
                .iter()
                .all(|code| { code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()) })
        );
    }
}
