//! Clauses about somebody: "Leila gives you access", "the dev team will export", "Tom to send".

mod acts;
mod opening;

pub(crate) use self::acts::{acts, agent, asked_of};
use self::acts::{bare_to, capitalised, inverted, named_start, own_start};
pub(crate) use self::opening::{from_person, opens_with_person, opens_with_role};
use crate::doc::{Doc, Form};
use crate::lexicon::Pack;
use crate::model::Owner;
use crate::people::People;
use crate::units::{Shape, Unit};

/// Words that need a noun: what follows them is no verb.
pub(crate) const DETERMINERS: &[&str] = &[
    "the", "a", "an", "your", "my", "our", "this", "that", "these", "der", "die", "das", "den", "dem", "ein",
    "eine", "ihre", "ihr", "deine", "unsere", "le", "la", "les", "un", "une", "ta", "ton", "tes", "votre",
    "vos", "ma", "mon", "notre", "el", "los", "las", "una", "tu", "su", "mi", "nuestra", "o", "os", "as",
    "um", "uma", "sua", "seu", "tua", "teu", "minha", "meu", "nossa", "de", "het", "een", "je", "jouw", "uw",
    "onze", "twoja", "pana", "pani", "nasza",
];

/// Verbs of handing something over, by their title forms.
pub(crate) fn hands_over(pack: &Pack, form: &str) -> bool {
    const VERBS: &[&str] = &[
        "send",
        "provide",
        "give",
        "deliver",
        "share",
        "forward",
        "email",
        "post",
        "mail",
        "drop",
        "upload",
        "courier",
        "supply",
        "hand over",
        "pass on",
        "schicken",
        "senden",
        "liefern",
        "geben",
        "weiterleiten",
        "bringen",
        "mailen",
        "nennen",
        "envoyer",
        "transmettre",
        "donner",
        "fournir",
        "livrer",
        "passer",
        "enviar",
        "mandar",
        "pasar",
        "dar",
        "entregar",
        "facilitar",
        "passar",
        "fornecer",
        "encaminhar",
        "sturen",
        "geven",
        "leveren",
        "wysłać",
        "przesłać",
        "przysłać",
        "podesłać",
        "dać",
        "przekazać",
        "dostarczyć",
    ];
    pack.verbs.title(form).is_some_and(|t| VERBS.contains(&t))
}

/// A subject of the speaker's own people: "my assistant", "unsere Praktikantin".
pub(crate) const POSSESSIVE: &[&str] = &[
    "my", "our", "mein", "meine", "unser", "unsere", "mon", "ma", "mes", "notre", "mi", "nuestro", "nuestra",
    "meu", "minha", "nosso", "nossa", "mijn", "onze", "mój", "moja", "nasz", "nasza",
];

/// "Leila gives you access", "the dev team will export": the side of the subject, and whether it is a promise in so many words.
pub(crate) fn third_person(
    doc: &Doc<'_>,
    people: &People,
    unit: &Unit,
    s: &str,
) -> Option<(Owner, bool, usize, bool)> {
    let pack = doc.pack(unit.message);
    let from = pack.lead.find(s).map_or(0, |m| m.end());
    let head = &s[from..];
    let low = head.to_lowercase();
    let impersonal = [
        "il faut",
        "il est",
        "il y",
        "il serait",
        "il nous",
        "il me",
        "sie bekommen",
        "sie müssen",
        "sie sollen",
    ]
    .iter()
    .any(|w| low.starts_with(w));
    let pronoun = pack
        .he
        .find(head)
        .filter(|m| head[m.end()..].starts_with([' ', '\'', '’']) && !impersonal);
    let future = pack
        .third
        .find_iter(head)
        .find(|m| m.start() > 0 && m.start() < 60 && subject_words(&head[..m.start()]) <= 5);
    let future = future.filter(|f| {
        f.as_str().to_lowercase() != "to" || bare_to(people, &head[..f.start()], &head[f.end()..], pack)
    });
    // "our accountant will want your details": a need, not a promise
    let future = future.filter(|f| {
        let next = head[f.end()..]
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .to_lowercase();
        !matches!(
            next.as_str(),
            "want"
                | "like"
                | "love"
                | "need"
                | "appreciate"
                | "expect"
                | "think"
                | "see"
                | "notice"
                | "hate"
                | "mind"
                | "enjoy"
                | "laugh"
                | "remember"
        )
    });
    let present = pack.verb.find_iter(head).find(|m| {
        m.start() > 0
            && m.start() < 50
            && subject_words(&head[..m.start()]) <= 4
            && finite(pack, m.as_str())
            && !preceded_by_to(&head[..m.start()])
    });
    if let Some(at) = inverted(pack, head) {
        return Some((Owner::Client, true, from + at, true));
    }
    let noted = doc.form == Form::Notes && matches!(unit.shape, Shape::Entry | Shape::OpenBox);
    let acting = acts(pack, head).or_else(|| noted.then(|| acts(pack, &capitalised(head))).flatten());
    let present = present.map(|m| m.start()).or(acting);
    let (at, sure) = match (future, present) {
        (Some(f), Some(v)) if f.start() <= v => (f.start(), true),
        (Some(f), None) => (
            f.start(),
            pack.verb.is_match(&head[f.end()..]) || head[f.end()..].split_whitespace().count() > 1,
        ),
        // "Notre informaticien Colin installe le serveur demain" is as plain as "will install"
        (_, Some(v)) => (v, own_start(doc, people, unit, head, pack) == Some(v)),
        _ => (
            named_start(doc, people, unit, head, pack)
                .or_else(|| own_start(doc, people, unit, head, pack))?,
            false,
        ),
    };
    let after = head[at..].trim_start().to_lowercase();
    let passive = [
        "will be ",
        "shall be ",
        "should be ",
        "must be ",
        "is to be ",
        "are to be ",
        "has to be ",
        "have to be ",
        "needs to be ",
        "to be ",
    ]
    .iter()
    .any(|w| after.starts_with(w));
    if passive && people.side(&head[..at], pack).is_none() {
        return None;
    }
    let subject = head[..at].trim().trim_end_matches([',', '\'', '’']).trim();
    if subject.is_empty()
        || DETERMINERS.contains(&subject.to_lowercase().as_str())
        || subject.contains(['?', ',', ';', ':', '.'])
            && people.side(subject, pack).is_none()
            && !subject.ends_with("Mr.")
            && !subject.contains(". ")
    {
        return None;
    }
    let internal = doc.messages[unit.message].internal;
    let owner = if pronoun.is_some() {
        if internal {
            Owner::Freelancer
        } else {
            Owner::Client
        }
    } else if let Some(side) = people.side(subject, pack) {
        let odd = subject.split_whitespace().skip(1).any(|w| {
            w.chars().all(|c| c.is_lowercase() || c == '/')
                && !matches!(
                    w,
                    "and"
                        | "und"
                        | "et"
                        | "y"
                        | "e"
                        | "en"
                        | "i"
                        | "also"
                        | "auch"
                        | "aussi"
                        | "ook"
                        | "then"
                )
                && !pack.client_role.is_match(w)
                && !pack.freelancer_role.is_match(w)
        });
        if odd
            && subject
                .split_whitespace()
                .next()
                .is_some_and(|w| w.starts_with(char::is_uppercase))
            && !sure
        {
            return None;
        }
        side
    } else if pack.client_role.is_match(subject)
        || acting == Some(at) && subject.split_whitespace().count() <= 3
    {
        Owner::Client
    } else {
        let words: Vec<&str> = subject.split_whitespace().collect();
        let first = words.first().copied().unwrap_or_default();
        let named = first.chars().next().is_some_and(char::is_uppercase)
            && first.chars().count() > 1
            && !pack.lex.stop.contains(&first.to_lowercase().as_str());
        let casual = doc.form == Form::Notes
            && words.len() == 1
            && first.chars().all(char::is_alphabetic)
            && !pack.lex.stop.contains(&first.to_lowercase().as_str())
            && !sure;
        // "tash is writing the slogans, you'll have them monday": a text that writes no capitals
        let casual = casual
            || doc.form != Form::Notes
                && pack.lex.code == "en"
                && words.len() == 1
                && sure
                && from == 0
                && first.chars().all(|c| c.is_lowercase())
                && first.chars().count() > 2
                && !pack.lex.stop.contains(&first)
                && !matches!(
                    first,
                    "everything"
                        | "nothing"
                        | "something"
                        | "everyone"
                        | "someone"
                        | "anyone"
                        | "nobody"
                        | "these"
                        | "those"
                        | "each"
                )
                && (pack.you.is_match(&head[at..])
                    || head[at..].starts_with("is ")
                    || head[at..].starts_with("will "));
        let german = pack.lex.code == "de" && !subject_is_person(subject) && !pack.you.is_match(&head[at..]);
        let own = POSSESSIVE.contains(&first.to_lowercase().as_str()) && words.len() <= 4;
        let first_word_only = from == 0
            && doc.form != Form::Notes
            && words.len() == 1
            && !pack.you.is_match(&head[at..])
            && acting.is_none()
            && !(people.is_name(first) && (sure || unit.shape == Shape::Chat));
        let handing = pack.you.is_match(&head[at..])
            && words.len() <= 4
            && present
                .and_then(|v| pack.verb.find_at(head, v))
                .or(future.and_then(|f| pack.verb.find_at(head, f.end())))
                .is_some_and(|v| hands_over(pack, v.as_str()));
        // "la constructora entrega el calendario el viernes"
        let article = doc.form == Form::Notes
            && DETERMINERS.contains(&first.to_lowercase().as_str())
            && (2..=3).contains(&words.len())
            && present.is_some()
            && matches!(unit.shape, Shape::Entry | Shape::OpenBox);
        let named = named && !first_word_only || own || article || handing && words.len() > 1;
        if !(named && words.len() <= 4 && (!german || own || handing || article) || casual) {
            return None;
        }
        Owner::Client
    };
    let you = pack.you.is_match(&head[at..]);
    let owner = if you && doc.form == Form::Brief {
        Owner::Client
    } else {
        owner
    };
    let s_unit = matches!(unit.shape, Shape::Entry | Shape::OpenBox | Shape::Cell);
    let dated = !pack.dates.find(s, 0, &doc.reading(unit.message, None)).is_empty();
    let known = people.side(subject, pack).is_some();
    (sure
        && (known
            || pronoun.is_some()
            || you
            || dated
            || s_unit
            || people.is_name(subject)
            || pack.client_role.is_match(subject)
            || pack.freelancer_role.is_match(subject))
        || you
        || (dated && !sure)
        || known && doc.form == Form::Notes && matches!(unit.section, crate::sections::Section::Tasks(_))
        || s_unit
            && (known
                || acting == Some(at)
                || pack.client_role.is_match(subject)
                || pack.freelancer_role.is_match(subject)))
    .then_some((
        owner,
        sure,
        from + at,
        known
            || pronoun.is_some()
            || you
            || sure
                && (pack.client_role.is_match(subject)
                    || subject
                        .split_whitespace()
                        .next()
                        .is_some_and(|w| people.is_name(w))),
    ))
}

/// Whether the form is not the one titles use, which is the infinitive.
pub(crate) fn finite(pack: &Pack, form: &str) -> bool {
    !pack.verbs.is_title(form)
}

pub(crate) fn preceded_by_to(s: &str) -> bool {
    s.trim_end().ends_with(" to")
        || s.trim_end().ends_with(" zu")
        || s.trim_end().ends_with(" te")
        || s.trim_end().ends_with(" de")
}

pub(crate) fn subject_words(s: &str) -> usize {
    s.split_whitespace().count()
}

/// German capitalises every noun; a person has a title or is a single word without article.
pub(crate) fn subject_is_person(s: &str) -> bool {
    let words: Vec<&str> = s.split_whitespace().collect();
    words
        .first()
        .is_some_and(|w| matches!(*w, "Herr" | "Frau" | "Dr." | "Kollege" | "Kollegin"))
        || words.len() == 1
}
