//! People introduced in passing: "our intern Bo", "Colin, our IT man", "Paolo (engineering)", "For: Duncan Reid".

use std::sync::LazyLock;

use regex::Regex;

use super::People;
use crate::doc::{BlockKind, Doc, Form};
use crate::lexicon::Pack;
use crate::model::Owner;

macro_rules! re {
    ($name:ident, $pattern:expr) => {
        static $name: LazyLock<Regex> = LazyLock::new(|| Regex::new($pattern).expect("constant pattern"));
    };
}

// "my business partner Greta", "notre biologiste, Núria"
re!(
    BESIDE,
    r"\b(?i:(?P<own>my|our|mon|ma|mes|notre|nos|mi|mis|nuestr[oa]s?|meus?|minhas?|nossos?|nossas?|mijn|onze|mój|moja|nasz[ae]?|meine?|unsere?)|his|her|their|sa|son|leur|hun|zijn|haar|jego|jej|ihre?)((?:[ -](?:\p{Ll}[\p{L}’'-]*|[A-Z]{2,3}\b)){1,4}),? (?P<n>\p{Lu}\p{Ll}[\p{L}-]*(?: \p{Lu}[\p{L}-]+)?)"
);
// "unsere Praktikantin Lena", "mein Mann Jörg": German writes the role with a capital as well
re!(
    BESIDE_DE,
    r"\b(?i:meine?|unsere?|ihre?|seine?) (?P<r>\p{Lu}\p{Ll}+),? (?P<n>\p{Lu}\p{Ll}+(?: \p{Lu}\p{Ll}+)?)"
);
// "Colin, our IT man"
re!(
    BEFORE,
    r"(?P<n>\p{Lu}\p{Ll}[\p{L}-]*), (?P<own>my|our|mon|ma|notre|mi|nuestr[oa]|o meu|a minha|meu|minha|mijn|onze|mój|moja|mein|meine|unser|unsere) \p{L}"
);
// "Paolo (engineering)", "Lewis (you)"
re!(
    BRACKETS,
    r"(?P<n>\p{Lu}\p{Ll}[\p{L}-]*(?: \p{Lu}[\p{L}-]+)?) \((?P<r>[^()\d]{2,32})\)"
);
// "jo = PM, lena = their designer"
re!(EQUALS, r"(?P<n>\p{L}{2,12}) ?= ?(?P<r>[^,;=\n]{2,40})");
// "the copywriter, that's you, Lewis"
re!(
    THAT_IS_YOU,
    r"(?i:that(?:'|’)?s you|that is you|das sind sie|das bist du|c'est vous|c'est toi),? (?P<n>\p{Lu}\p{Ll}+)"
);
re!(COPY, r"(?mi)^[> ]*cc:[ \t]+(?P<n>[^\n]{2,120})$");
re!(MIDDLE, r"\p{Ll},? (?P<n>\p{Lu}\p{Ll}+)");

/// Relatives, whom German names with a capital like every noun.
const KIN: &[&str] = &[
    "mann",
    "frau",
    "sohn",
    "tochter",
    "bruder",
    "schwester",
    "mutter",
    "vater",
    "schwiegermutter",
    "schwiegervater",
    "cousin",
    "cousine",
    "neffe",
    "nichte",
    "tante",
    "onkel",
    "partner",
    "partnerin",
    "geschäftspartner",
    "geschäftspartnerin",
    "mitarbeiter",
    "mitarbeiterin",
    "nachbar",
    "nachbarin",
    "freund",
    "freundin",
    "teilhaber",
    "teilhaberin",
    "kompagnon",
];

/// Before a colon at the head of a brief: whom it is for.
const FOR: &[&str] = &[
    "for",
    "to",
    "attn",
    "attention",
    "für",
    "an",
    "pour",
    "à",
    "destinataire",
    "para",
    "a la atención de",
    "voor",
    "aan",
    "dla",
    "do",
    "reader of this brief",
    "contractor",
    "freelancer",
    "auftragnehmer",
    "auftragnehmerin",
    "prestataire",
    "contratista",
    "opdrachtnemer",
    "wykonawca",
];

/// Before a colon at the head of a brief: who wrote it.
const FROM: &[&str] = &[
    "from",
    "prepared by",
    "written by",
    "author",
    "issued by",
    "contact",
    "client contact",
    "contact person",
    "client",
    "von",
    "verfasst von",
    "ansprechpartner",
    "ansprechpartnerin",
    "kontakt",
    "kunde",
    "auftraggeber",
    "auftraggeberin",
    "de",
    "auteur",
    "rédigé par",
    "contacto",
    "cliente",
    "autor",
    "autora",
    "contato",
    "preparado por",
    "van",
    "opgesteld door",
    "contactpersoon",
    "klant",
    "opdrachtgever",
    "od",
    "autorka",
    "klient",
    "zamawiający",
    "osoba do kontaktu",
];

// "Call with Maria + Tom", "Termin mit Frau Behn und Torben"
re!(
    MET,
    r"(?:\bwith|\bw/|\bmit|\bavec|\bcon|\bcom|\bmet|\bze?)\s+(?P<n>(?:\p{Lu}[\p{L}'’.-]+(?: \p{Lu}[\p{L}'’.-]+)?)(?:(?:\s*[,+&/]\s*|\s+(?:and|und|et|y|e|en|i)\s+)\p{Lu}[\p{L}'’.-]+(?: \p{Lu}[\p{L}'’.-]+)?)*)"
);

// "minutes by Jonah", "Protokoll: Sabine"
re!(
    MINUTED,
    r"(?i:\b(?:minutes|notes|protokoll|mitschrift|compte[- ]rendu|acta|ata|verslag|notulen|notatka|protokół)(?: taken| kept)?(?: by| von| par| de| por| door) )(?P<n>\p{Lu}\p{Ll}+)"
);

/// Who wrote the minutes down, as their head says.
pub(super) fn minuted(doc: &Doc<'_>, people: &mut People, pack: &Pack) {
    for block in doc.blocks.iter().take(5) {
        let s = doc.slice(block.span);
        if s.chars().count() <= 160
            && let Some(c) = MINUTED.captures(s)
        {
            people.introduce(Owner::Freelancer, &c["n"], pack);
            let name = c["n"].to_lowercase();
            people.client.retain(|n| *n != name);
        }
    }
}

/// The people a call or meeting was with, as its notes say at their head.
pub(super) fn met(doc: &Doc<'_>, people: &mut People, pack: &Pack) {
    for block in doc.blocks.iter().take(3) {
        let s = doc.slice(block.span);
        if s.chars().count() > 160 {
            continue;
        }
        for c in MET.captures_iter(s) {
            let joined = [
                "+", "&", "/", " and ", " und ", " et ", " y ", " e ", " en ", " i ",
            ]
            .iter()
            .fold(c["n"].to_string(), |names, sign| names.replace(sign, ","));
            for name in joined.split(',') {
                people.introduce(Owner::Client, name.trim(), pack);
            }
        }
    }
}

/// "**Client contact:** Dr Amara Osei, owner" at the head of a brief.
pub(super) fn labels(doc: &Doc<'_>, people: &mut People, pack: &Pack) {
    for block in doc.blocks.iter().take(10) {
        for part in doc.slice(block.span).split(['|', '·', ';']) {
            let Some((label, value)) = part.split_once(':') else {
                continue;
            };
            let label = label.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
            let value = value.trim_matches(['*', '_', ' ']);
            if let Some(c) = THAT_IS_YOU.captures(value) {
                people.add(Owner::Freelancer, &c["n"]);
                continue;
            }
            let name: Vec<&str> = value
                .split([',', '(', '<', '–'])
                .next()
                .unwrap_or_default()
                .split_whitespace()
                .collect();
            let proper = (1..=4).contains(&name.len())
                && name.iter().all(|w| w.starts_with(char::is_uppercase))
                && value.split_whitespace().count() <= 8;
            if !proper {
                continue;
            }
            let trade = pack
                .freelancer_role
                .find(&label)
                .is_some_and(|m| m.start() == 0 && m.end() == label.len());
            if FOR.contains(&label.as_str()) || trade {
                people.add(Owner::Freelancer, &name.join(" "));
            } else if FROM.contains(&label.as_str()) {
                people.add(Owner::Client, &name.join(" "));
            }
        }
    }
}

/// Whoever is named beside what they are to the client, and every other name.
pub(super) fn introduced(doc: &Doc<'_>, people: &mut People, pack: &Pack) {
    let notes = doc.form == Form::Notes;
    for c in COPY.captures_iter(doc.text) {
        for name in c["n"].split([',', ';']) {
            let name = name.split(['<', '(']).next().unwrap_or_default();
            people.introduce(Owner::Client, name, pack);
        }
    }
    for block in &doc.blocks {
        if block.kind == BlockKind::RowRule {
            continue;
        }
        let s = doc.slice(block.span);
        if pack.lex.code != "de" {
            people
                .names
                .extend(MIDDLE.captures_iter(s).map(|c| c["n"].to_lowercase()));
        }
        let german = pack.lex.code == "de";
        for c in BESIDE.captures_iter(s).filter(|_| !german) {
            // in notes "my" and "our" are the writer's own
            if !(notes && c.name("own").is_some()) {
                people.introduce(Owner::Client, &c["n"], pack);
            }
        }
        for c in BESIDE_DE.captures_iter(s).filter(|_| german && !notes) {
            let role = c["r"].to_lowercase();
            if KIN.contains(&role.as_str()) || pack.client_role.is_match(&role) {
                people.introduce(Owner::Client, &c["n"], pack);
            }
        }
        for c in BEFORE.captures_iter(s).filter(|_| !notes) {
            people.introduce(Owner::Client, &c["n"], pack);
        }
        for c in BRACKETS.captures_iter(s) {
            let role = c["r"].to_lowercase();
            let one = role.split_whitespace().count() <= 3;
            if matches!(
                role.as_str(),
                "you" | "du" | "sie" | "vous" | "toi" | "tú" | "usted" | "você" | "jij" | "u"
            ) {
                people.introduce(Owner::Freelancer, &c["n"], pack);
            } else if one && (pack.client_role.is_match(&role) || THEIR.iter().any(|t| role.starts_with(t))) {
                people.introduce(Owner::Client, &c["n"], pack);
            }
        }
        if s.matches('=').count() > 1 && notes {
            for c in EQUALS.captures_iter(s) {
                let me = pack.me.is_match(&c["r"].trim().to_lowercase());
                people.introduce(if me { Owner::Freelancer } else { Owner::Client }, &c["n"], pack);
            }
        }
    }
}

/// In brackets behind a name: one of somebody's people.
const THEIR: &[&str] = &[
    "my ", "our ", "their ", "his ", "her ", "mon ", "ma ", "notre ", "leur ", "mi ", "nuestr", "meu ",
    "minha ", "noss", "mijn ", "onze ", "hun ", "mój ", "moja ", "nasz", "mein", "unser",
];
