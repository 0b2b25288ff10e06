//! Which proposed tasks are planned already: an engine's word for it where it gave one, else by their titles.
//!
//! Two titles are one task where one of them says all that the other says, and little more: "design the menu"
//! and "design a new menu for the shop" are one, "design the menu for Berlin" and "design the menu for Bonn" are
//! two. Words count but for their endings and for what says little; verbs of one meaning ("send", "provide") are
//! one word. What is in doubt is proposed: a person sees at a glance that a task is there twice, but not that
//! one is missing. Measured on `worker/evals/known/`.

use smartstack_domain::job::OpenTask;
use smartstack_schema::{ItemKind, TaskId};

use super::validate::PlanItem;

/// How much of both titles has to be shared: twice the words they share, over all they have.
const ALIKE: f64 = 0.75;

/// Words that say little about what a task is, in the languages that are read.
const LITTLE: &[&str] = &[
    "the", "and", "for", "with", "new", "our", "your", "their", "his", "her", "its", "from", "into",
    "please", "all", "der", "die", "das", "den", "dem", "des", "und", "für", "mit", "ein", "eine", "einen",
    "einem", "einer", "neue", "neuen", "neues", "neuer", "bitte", "vom", "zum", "zur", "von", "les", "pour",
    "avec", "une", "aux", "sur", "nouveau", "nouvelle", "los", "las", "para", "con", "una", "del", "por",
    "nuevo", "nueva", "uma", "com", "dos", "novo", "nova", "het", "een", "voor", "met", "van", "naar",
    "nieuwe", "dla", "oraz", "nowy", "nowa", "nowe", "nową",
];

/// Verbs that ask for the same thing of a task; the first stands for all.
const ALIKE_VERBS: &[&[&str]] = &[
    &[
        "send", "provide", "deliver", "supply", "share", "submit", "forward",
    ],
    &["create", "make", "build", "produce", "prepare", "develop"],
    &["write", "draft", "compose"],
    &["fix", "repair", "correct"],
    &["check", "review", "verify"],
    &["update", "refresh", "revise"],
    &[
        "schicken",
        "senden",
        "liefern",
        "zusenden",
        "schicke",
        "sende",
        "liefere",
        "bereitstellen",
    ],
    &["erstellen", "machen", "bauen", "anfertigen", "erstelle", "baue"],
    &["schreiben", "verfassen", "schreibe", "verfasse"],
    &["prüfen", "kontrollieren", "prüfe", "kontrolliere"],
    &["envoyer", "fournir", "transmettre", "livrer"],
    &["créer", "faire", "réaliser", "préparer"],
    &["rédiger", "écrire"],
    &["enviar", "mandar", "entregar", "facilitar"],
    &["crear", "hacer", "preparar", "realizar", "criar", "fazer"],
    &["escribir", "redactar", "escrever", "redigir"],
    &["sturen", "leveren", "aanleveren", "opsturen"],
    &["maken", "bouwen", "opstellen"],
    &["wysłać", "przesłać", "dostarczyć"],
    &["zrobić", "przygotować", "stworzyć", "wykonać"],
];

/// What a word may have at its end and still be the same: plurals, cases and forms of verbs.
const ENDINGS: &[&str] = &[
    "", "s", "es", "n", "en", "ns", "e", "a", "i", "y", "o", "u", "x", "t", "d", "ed", "ę", "ą", "ów", "os",
    "as", "is",
];

/// For each item the open task that it is already. No task is given twice: of two items that resemble it, the
/// one that does so more is it. `shown` says how many of the open tasks, from the first, an engine was shown by
/// number.
pub fn tasks(items: &[PlanItem], open: &[OpenTask], shown: usize) -> Vec<Option<TaskId>> {
    let titles: Vec<Vec<String>> = open.iter().map(|task| words(&task.title)).collect();
    let mut pairs = Vec::new();
    for (at, item) in items.iter().enumerate() {
        if item.draft.kind != ItemKind::Task {
            continue;
        }
        let said = item.draft.planned.and_then(|number| number.checked_sub(1));
        if let Some(task) = said.filter(|task| *task < open.len().min(shown)) {
            // An engine's word goes before any likeness.
            pairs.push((2.0, at, task));
            continue;
        }
        let own = words(&item.draft.title);
        for (task, title) in titles.iter().enumerate() {
            let alike = likeness(&own, title);
            if alike >= ALIKE {
                pairs.push((alike, at, task));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
    let mut known = vec![None; items.len()];
    let mut taken = vec![false; open.len()];
    for (_, at, task) in pairs {
        if known[at].is_none() && !taken[task] {
            known[at] = Some(open[task].id);
            taken[task] = true;
        }
    }
    known
}

/// The words of a text that say what it is about, in lower case, verbs of one meaning as one.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .map(str::to_lowercase)
        // Short words are articles and prepositions; a number is what tells two pages apart.
        .filter(|word| word.chars().count() > 2 || word.chars().any(|c| c.is_ascii_digit()))
        .filter(|word| !LITTLE.contains(&word.as_str()))
        .collect();
    for word in &mut words {
        if let Some(verbs) = ALIKE_VERBS.iter().find(|verbs| verbs.contains(&word.as_str())) {
            verbs[0].clone_into(word);
        }
    }
    words
}

/// How far one title says what the other says and little more, 0 to 1; 0 where each says something that the
/// other does not.
fn likeness(a: &[String], b: &[String]) -> f64 {
    let mut left: Vec<&String> = b.iter().collect();
    let mut shared = 0_usize;
    for word in a {
        if let Some(at) = left.iter().position(|other| same(word, other)) {
            left.swap_remove(at);
            shared += 1;
        }
    }
    if shared == 0 || (shared < a.len() && shared < b.len()) {
        return 0.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "titles have few words")]
    let (shared, all) = (shared as f64, (a.len() + b.len()) as f64);
    2.0 * shared / all
}

/// Whether two words are one but for their ending: "menus", "menu".
fn same(a: &str, b: &str) -> bool {
    let stem: usize = a
        .chars()
        .zip(b.chars())
        .take_while(|(a, b)| a == b)
        .map(|(c, _)| c.len_utf8())
        .sum();
    let (rest_a, rest_b) = (&a[stem..], &b[stem..]);
    if rest_a.is_empty() && rest_b.is_empty() {
        return true;
    }
    // Of short words only the plural; where both have an ending, the stem has to be a word of some length.
    let long_enough = match (rest_a.is_empty() || rest_b.is_empty(), stem) {
        (true, 3) => return rest_a == "s" || rest_b == "s",
        (true, stem) => stem >= 4,
        (false, stem) => stem >= 5,
    };
    long_enough && ENDINGS.contains(&rest_a) && ENDINGS.contains(&rest_b)
}

#[cfg(test)]
mod tests {
    use smartstack_schema::{ItemConfidence, Responsible};
    use uuid::Uuid;

    use super::*;
    use crate::ai::plan::DraftItem;

    /// What the cases showed, less a little.
    const PRECISION: f64 = 0.98;
    const RECALL: f64 = 0.8;

    fn item(title: &str) -> PlanItem {
        PlanItem {
            draft: DraftItem {
                kind: ItemKind::Task,
                title: title.to_owned(),
                quote: title.to_owned(),
                quote_at: None,
                due: None,
                effort_minutes: None,
                responsible: Responsible::Freelancer,
                amount: None,
                confidence: ItemConfidence::Explicit,
                planned: None,
            },
            bytes: 0..1,
            code_points: 0..1,
        }
    }

    fn open(titles: &[&str]) -> Vec<OpenTask> {
        let task = |(at, title): (u128, &&str)| OpenTask {
            id: TaskId(Uuid::from_u128(at)),
            title: (*title).to_owned(),
        };
        (0..).zip(titles).map(task).collect()
    }

    /// The place of the open task that each title is, if any.
    fn known(titles: &[&str], planned: &[&str]) -> Vec<Option<u128>> {
        let items: Vec<PlanItem> = titles.iter().map(|title| item(title)).collect();
        let known = tasks(&items, &open(planned), 0);
        known
            .into_iter()
            .map(|id| id.map(|id| id.uuid().as_u128()))
            .collect()
    }

    #[test]
    fn what_is_planned_is_known_and_what_only_sounds_like_it_is_not() {
        for (title, planned, same) in [
            ("Design the menu", "Design a new menu", true),
            ("Design the menus", "Design the menu", true),
            ("Set up the online menu", "Set up the online shop", false),
            ("Send the logo files", "Send the invoice", false),
            ("Design the home page", "Build the home page", false),
            ("Write copy for the home page", "Write the home page copy", true),
            ("Die Speisekarte gestalten", "Neue Speisekarte gestalten", true),
            ("Call Ann", "Call Ben", false),
            ("A", "A", false),
            ("Translate page 2", "Translate page 3", false),
            ("Provide the photos", "Send photos", true),
            (
                "Build the landing page for Berlin",
                "Build the landing page for Bonn",
                false,
            ),
            ("Fill in the form", "Choose the format", false),
            (
                "Write the copy",
                "Write the copy for the about page of the shop",
                false,
            ),
        ] {
            let expected = same.then_some(0);
            assert_eq!(known(&[title], &[planned]), [expected], "{title} / {planned}");
        }
    }

    #[test]
    fn one_task_is_one_item() {
        assert_eq!(
            known(
                &["Design the new menu card", "Design the menu"],
                &["Design the menu"]
            ),
            [None, Some(0)],
        );
        // The place that a better one took is not given to the other.
        assert_eq!(
            known(&["Call Ann", "Design a logo"], &["Design a logo", "Call Ann"]),
            [Some(1), Some(0)]
        );
    }

    #[test]
    fn an_engines_word_counts_within_what_it_was_shown() {
        let mut said = item("Make the dishes presentable");
        said.draft.planned = Some(2);
        let planned = open(&["Call Ann", "Design the menu"]);
        assert_eq!(tasks(&[said.clone()], &planned, 2), [Some(planned[1].id)]);
        assert_eq!(tasks(&[said.clone()], &planned, 1), [None], "it was shown one");
        for wild in [0, 3, usize::MAX] {
            said.draft.planned = Some(wild);
            assert_eq!(tasks(&[said.clone()], &planned, 2), [None], "{wild}");
        }
        said.draft.kind = ItemKind::Decision;
        said.draft.planned = Some(1);
        assert_eq!(tasks(&[said], &planned, 2), [None], "only tasks are planned");
    }

    #[derive(serde::Deserialize)]
    struct Case {
        name: String,
        planned: Vec<String>,
        found: Vec<Found>,
    }

    #[derive(serde::Deserialize)]
    struct Found {
        title: String,
        is: Option<u128>,
    }

    /// Precision and recall over labelled cases: floors, with the misses named when they are not met.
    #[test]
    fn labelled_cases_are_matched_as_well_as_is_said() {
        let cases: Vec<Case> = serde_json::from_str(include_str!("../../evals/known/cases.json")).unwrap();
        let (mut right, mut wrong, mut missed, mut misses) = (0, 0, 0, Vec::new());
        for case in &cases {
            let titles: Vec<&str> = case.found.iter().map(|found| found.title.as_str()).collect();
            let planned: Vec<&str> = case.planned.iter().map(String::as_str).collect();
            for (found, got) in case.found.iter().zip(known(&titles, &planned)) {
                match (found.is, got) {
                    (Some(is), Some(got)) if is == got => right += 1,
                    (None, None) => {}
                    (is, got) => {
                        wrong += u32::from(got.is_some());
                        missed += u32::from(is.is_some());
                        misses.push(format!(
                            "{}: {} is {is:?}, taken for {got:?}",
                            case.name, found.title
                        ));
                    }
                }
            }
        }
        let share = |part: u32, rest: u32| f64::from(part) / f64::from(part + rest);
        let (precision, recall) = (share(right, wrong), share(right, missed));
        println!(
            "precision {precision:.3} recall {recall:.3} of {right}+{missed}\n{}",
            misses.join("\n")
        );
        assert!(
            precision >= PRECISION && recall >= RECALL,
            "{precision} {recall}\n{}",
            misses.join("\n")
        );
    }
}
