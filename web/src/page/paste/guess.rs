//! Guesses which project or client a pasted text belongs to, by the names that
//! stand in it, and what a new project might be called.
//!
//! No word lists of any language: a name counts when the text says it, and the
//! guess always carries what was found, so that the page can say why.

/// Something with a name that a text may speak of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    /// Its id.
    pub(crate) id: String,
    /// Its name.
    pub(crate) name: String,
}

/// A project to choose from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    /// The project.
    pub(crate) project: Named,
    /// Its client's id.
    pub(crate) client: Option<String>,
}

/// How a name was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The text says these words.
    Says(String),
    /// The text has a mail address at this domain.
    Address(String),
}

/// The likeliest home of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Guess {
    /// This project, found by its own name, or as its client's only one.
    Project {
        /// The project's id.
        id: String,
        /// What speaks for it.
        why: Reason,
    },
    /// A new project for this client.
    Client {
        /// The client's id.
        id: String,
        /// What speaks for it.
        why: Reason,
    },
}

/// Finds the project, else the client, whose name the text says. The longest
/// name found wins; a client with exactly one project stands for that project.
pub(crate) fn guess(text: &str, clients: &[Named], projects: &[Candidate]) -> Option<Guess> {
    let words = words(text);
    let spoken = Spoken {
        words: &words,
        domains: &domains(text),
    };
    let project = best(projects.iter().map(|c| &c.project), |name| spoken.says(name));
    let client = best(clients.iter(), |name| spoken.finds(name));
    match (project, client) {
        (Some((project, why)), _) => Some(Guess::Project {
            id: project.id.clone(),
            why,
        }),
        (None, Some((client, why))) => {
            let mut theirs = projects
                .iter()
                .filter(|c| c.client.as_deref() == Some(client.id.as_str()));
            match (theirs.next(), theirs.next()) {
                (Some(only), None) => Some(Guess::Project {
                    id: only.project.id.clone(),
                    why,
                }),
                _ => Some(Guess::Client {
                    id: client.id.clone(),
                    why,
                }),
            }
        }
        (None, None) => None,
    }
}

/// A name for a new project: the mail's subject without `Re:` and the like, or
/// else the first line that is long enough to say something, at most `max`
/// characters. Empty when the text is.
pub(crate) fn project_name(text: &str, max: usize) -> String {
    let subject = text.lines().take(12).find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let name = name.trim().to_lowercase();
        let known = [
            "subject",
            "betreff",
            "objet",
            "asunto",
            "assunto",
            "onderwerp",
            "temat",
            "oggetto",
        ];
        known
            .contains(&name.as_str())
            .then(|| strip_reply(value))
            .filter(|v| !v.is_empty())
    });
    let line = subject.or_else(|| {
        text.lines()
            .map(|line| line.trim_start_matches(['#', '>', '*', '-', ' ', '\t']).trim())
            // "Hi Ana," is a greeting, in any language: short, and ends in a comma.
            .find(|line| line.chars().count() >= 4 && !(line.ends_with(',') && line.split(' ').count() <= 4))
            .map(first_sentence)
    });
    shorten(line.unwrap_or_default(), max)
}

/// How many words a text has: runs of characters between blanks that hold at
/// least one letter or digit.
pub(crate) fn word_count(text: &str) -> usize {
    text.split_whitespace()
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .count()
}

/// A subject without `Re:`, `AW:`, `Fwd:` in front: up to three letters and a colon, repeatedly.
fn strip_reply(subject: &str) -> &str {
    let mut subject = subject.trim();
    while let Some((mark, rest)) = subject.split_once(':') {
        if mark.chars().count() > 3 || mark.contains(' ') || !mark.chars().all(char::is_alphabetic) {
            break;
        }
        subject = rest.trim();
    }
    subject
}

fn first_sentence(line: &str) -> &str {
    let end = line
        .char_indices()
        .find(|&(at, c)| matches!(c, '.' | '!' | '?') && line[at + c.len_utf8()..].starts_with(' '))
        .map_or(line.len(), |(at, _)| at);
    line[..end].trim_end_matches(['.', ':', ',', ';'])
}

fn shorten(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let cut: String = text.chars().take(max).collect();
    match cut.rsplit_once(' ') {
        Some((whole, _)) => whole.trim_end_matches([',', ';', ':', '–', '-', ' ']).to_owned(),
        None => cut,
    }
}

/// Lower-case words, with what joins letters ("l'", "&", "-") taken as a gap.
fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// The domains of mail addresses, without what comes after their last dots:
/// `tomas@mail.fennelrye.pt` gives `mail`, `fennelrye`.
fn domains(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('@') {
        let domain: String = text[at + 1..]
            .chars()
            .take_while(|c| c.is_alphanumeric() || matches!(c, '.' | '-'))
            .collect();
        let domain = domain.trim_end_matches('.').to_lowercase();
        let mut labels: Vec<&str> = domain.split('.').collect();
        if labels.len() > 1 {
            labels.pop();
            found.extend(labels.into_iter().map(|label| label.replace('-', "")));
        }
    }
    found
}

struct Spoken<'a> {
    words: &'a [String],
    domains: &'a [String],
}

impl Spoken<'_> {
    /// Whether all words of the name stand side by side in the text.
    fn says(&self, name: &str) -> Option<Reason> {
        let wanted = words(name);
        let letters: usize = wanted.iter().map(|w| w.chars().count()).sum();
        // Under four letters a name is too likely to be an ordinary word.
        if wanted.is_empty() || letters < 4 {
            return None;
        }
        self.words
            .windows(wanted.len())
            .any(|w| w == wanted)
            .then(|| Reason::Says(name.to_owned()))
    }

    fn finds(&self, name: &str) -> Option<Reason> {
        self.says(name).or_else(|| {
            let squeezed = words(name).concat();
            let hit = self
                .domains
                .iter()
                .find(|d| d.chars().count() >= 4 && **d == squeezed)?;
            Some(Reason::Address(hit.clone()))
        })
    }
}

fn best<'a>(
    all: impl Iterator<Item = &'a Named>,
    test: impl Fn(&str) -> Option<Reason>,
) -> Option<(&'a Named, Reason)> {
    all.filter_map(|named| Some((named, test(&named.name)?)))
        .max_by_key(|(named, _)| named.name.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(id: &str, name: &str) -> Named {
        Named {
            id: id.into(),
            name: name.into(),
        }
    }
    fn clients() -> Vec<Named> {
        vec![
            named("c1", "Fennel & Rye"),
            named("c2", "Overhang Climbing"),
            named("c3", "May"),
        ]
    }
    fn projects() -> Vec<Candidate> {
        vec![
            Candidate {
                project: named("p1", "Signage"),
                client: Some("c2".into()),
            },
            Candidate {
                project: named("p2", "Signage and wayfinding"),
                client: Some("c2".into()),
            },
            Candidate {
                project: named("p3", "Second shop"),
                client: Some("c1".into()),
            },
        ]
    }
    fn ask(text: &str) -> Option<Guess> {
        guess(text, &clients(), &projects())
    }

    #[test]
    fn the_longest_project_name_wins() {
        let why = Reason::Says("Signage and wayfinding".into());
        assert_eq!(
            ask("About signage and\nwayfinding:"),
            Some(Guess::Project { id: "p2".into(), why })
        );
        let why = Reason::Says("Signage".into());
        assert_eq!(ask("SIGNAGE!"), Some(Guess::Project { id: "p1".into(), why }));
    }

    #[test]
    fn a_client_with_one_project_stands_for_it() {
        let why = Reason::Says("Fennel & Rye".into());
        assert_eq!(
            ask("— Tomás, Fennel & Rye"),
            Some(Guess::Project { id: "p3".into(), why })
        );
        let why = Reason::Says("Overhang Climbing".into());
        assert_eq!(
            ask("at Overhang Climbing we"),
            Some(Guess::Client { id: "c2".into(), why })
        );
    }

    #[test]
    fn a_mail_address_speaks_for_its_client() {
        let why = Reason::Address("fennelrye".into());
        let guess = ask("From: tomas@mail.fennelrye.pt\nHi");
        assert_eq!(guess, Some(Guess::Project { id: "p3".into(), why }));
    }

    #[test]
    fn parts_of_words_and_short_names_do_not_count() {
        assert_eq!(ask("We may need a signpost. overhanging"), None);
        assert_eq!(ask(""), None);
    }

    #[test]
    fn names_a_new_project_by_subject_or_first_line() {
        let mail = "From: T\nSubject: Re: AW: Second shop: bags and window\n\nHi";
        assert_eq!(project_name(mail, 80), "Second shop: bags and window");
        assert_eq!(
            project_name("Hi Ana,\n\nwe need a new site. And soon.", 80),
            "we need a new site"
        );
        assert_eq!(
            project_name("# Brief for the museum\n", 80),
            "Brief for the museum"
        );
        assert_eq!(project_name("one two three four five", 12), "one two");
        assert_eq!(project_name("  \n", 80), "");
    }

    #[test]
    fn counts_words_in_any_script() {
        assert_eq!(word_count("Olá, Ana — 3 coisas:\n- façam o menu"), 7);
        assert_eq!(word_count(" \n - "), 0);
    }
}
