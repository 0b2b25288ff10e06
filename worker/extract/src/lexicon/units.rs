//! Words of distances in time that every language has and none lists.

use super::{Lexicon, Words};

impl Lexicon {
    /// Calendar weeks in a distance ("in two weeks").
    pub(crate) fn week_units(&self) -> Words {
        match self.code {
            "de" => &["wochen?"],
            "fr" => &["semaines?"],
            "es" | "pt" => &["semanas?"],
            "nl" => &["weken", "week"],
            "pl" => &["tygodni", "tygodnie", "tydzień", "tygodniu"],
            _ => &["weeks?", "wks?"],
        }
    }

    /// Months in a distance ("in a month").
    pub(crate) fn month_units(&self) -> Words {
        match self.code {
            "de" => &["monat(?:e|en|s)?"],
            "fr" => &["mois"],
            "es" => &["mes(?:es)?"],
            "pt" => &["mês", "meses"],
            "nl" => &["maanden", "maand"],
            "pl" => &["miesiąc", "miesiące", "miesięcy", "miesiąca"],
            _ => &["months?"],
        }
    }

    /// Between "within" and the number.
    pub(crate) fn by_filler(&self) -> Words {
        match self.code {
            "de" => &["den nächsten", "der nächsten", "spätestens"],
            "fr" => &["les", "un délai de"],
            "es" => &["los próximos", "las próximas", "un plazo de"],
            "pt" => &["os próximos", "as próximas"],
            "nl" => &["de komende", "de"],
            "pl" => &["najbliższych", "ciągu"],
            _ => &["the next", "the", "about", "at most"],
        }
    }
}
