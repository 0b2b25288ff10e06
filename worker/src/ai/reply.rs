//! The use case *reply*: a draft of an answer to a text. A person changes it, copies it and sends it; nothing
//! is sent from here.
//!
//! The built-in rules write no prose. What they make is a skeleton in the language of the text. Where the text has
//! been reviewed it confirms what was accepted, says what is needed of the client and what is not part of the
//! work, and asks the questions that are open. Where it has not, it takes up each question and each ask of the
//! text in its own words, with a gap for the answer. A model writes sentences of the same, and leaves what it
//! cannot know in brackets.

use serde::Deserialize;
use smartstack_domain::job::Reviewed;
use smartstack_schema::{ItemKind, Responsible};

use super::answer::{Unreadable, is_address, is_invisible, is_language, object};
use super::validate::PlanItem;

/// Longest draft that a model may write, in code points: some three pages.
pub const DRAFT_MAX: usize = 8_000;
/// Most questions and asks a skeleton takes up: more than one mail answers.
const POINTS_MAX: usize = 30;
/// Lines in which the head of a mail may stand.
const HEAD_LINES: usize = 12;

/// A draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplyDraft {
    /// What it says.
    pub text: String,
    /// BCP 47 code of its language, where the engine knows.
    pub language: Option<String>,
}

/// The fixed words of a skeleton.
struct Words {
    hello: &'static str,
    thanks: &'static str,
    answer: &'static str,
    ask: &'static str,
    day: &'static str,
    /// Before what was accepted: work, work of the client, exclusions, decisions, questions.
    review: [&'static str; 5],
    nothing: &'static str,
    bye: &'static str,
}

const ENGLISH: Words = Words {
    hello: "Hello",
    thanks: "thank you for your message.",
    answer: "[your answer]",
    ask: "[whether and when you do it, and what you need for it]",
    day: "you name",
    review: [
        "This is what I will do:",
        "This is what I need from you:",
        "Not part of it:",
        "We have settled:",
        "Still open:",
    ],
    nothing: "[what you want to say]",
    bye: "Best regards",
};

fn words(language: Option<&str>) -> Words {
    match language.and_then(|code| code.split('-').next()) {
        Some("de") => Words {
            hello: "Hallo",
            thanks: "danke für die Nachricht.",
            answer: "[Antwort]",
            ask: "[ob und wann, und was dafür gebraucht wird]",
            day: "genannt ist der",
            review: [
                "Das übernehme ich:",
                "Das wird von Ihrer Seite gebraucht:",
                "Nicht enthalten ist:",
                "Vereinbart ist:",
                "Offen ist noch:",
            ],
            nothing: "[was zu sagen ist]",
            bye: "Viele Grüße",
        },
        Some("fr") => Words {
            hello: "Bonjour",
            thanks: "merci pour votre message.",
            answer: "[votre réponse]",
            ask: "[si et quand vous le faites, et ce qu’il vous faut]",
            day: "date indiquée :",
            review: [
                "Voici ce que je ferai :",
                "Voici ce dont j’ai besoin de votre part :",
                "Ne fait pas partie du travail :",
                "Nous avons convenu :",
                "Reste à éclaircir :",
            ],
            nothing: "[ce que vous voulez dire]",
            bye: "Bien cordialement",
        },
        Some("es") => Words {
            hello: "Hola",
            thanks: "gracias por su mensaje.",
            answer: "[su respuesta]",
            ask: "[si lo hace y cuándo, y qué necesita]",
            day: "fecha indicada:",
            review: [
                "Esto es lo que haré:",
                "Esto es lo que necesito de su parte:",
                "No forma parte del trabajo:",
                "Hemos acordado:",
                "Queda por aclarar:",
            ],
            nothing: "[lo que quiere decir]",
            bye: "Un saludo",
        },
        Some("pt") => Words {
            hello: "Olá",
            thanks: "obrigado pela mensagem.",
            answer: "[a sua resposta]",
            ask: "[se e quando o faz, e do que precisa]",
            day: "data indicada:",
            review: [
                "Isto é o que farei:",
                "Isto é o que preciso da sua parte:",
                "Não faz parte do trabalho:",
                "Ficou combinado:",
                "Falta esclarecer:",
            ],
            nothing: "[o que quer dizer]",
            bye: "Cumprimentos",
        },
        Some("nl") => Words {
            hello: "Hallo",
            thanks: "bedankt voor het bericht.",
            answer: "[antwoord]",
            ask: "[of en wanneer, en wat ervoor nodig is]",
            day: "genoemde datum:",
            review: [
                "Dit ga ik doen:",
                "Dit heb ik van u nodig:",
                "Dit hoort er niet bij:",
                "Afgesproken is:",
                "Nog open:",
            ],
            nothing: "[wat te zeggen is]",
            bye: "Met vriendelijke groet",
        },
        Some("pl") => Words {
            hello: "Dzień dobry",
            thanks: "dziękuję za wiadomość.",
            answer: "[odpowiedź]",
            ask: "[czy i kiedy, oraz co jest potrzebne]",
            day: "podana data:",
            review: [
                "Wykonam:",
                "Potrzebuję od Państwa:",
                "Poza zakresem prac:",
                "Ustalono:",
                "Do wyjaśnienia:",
            ],
            nothing: "[treść]",
            bye: "Pozdrawiam",
        },
        _ => ENGLISH,
    }
}

/// A skeleton: from what a review decided, else from what the rules found in `text`. Items hold, in the order of
/// the text.
#[must_use]
pub fn skeleton(text: &str, items: &[PlanItem], review: &[Reviewed], language: Option<String>) -> ReplyDraft {
    let words = words(language.as_deref());
    let mut draft = String::from(words.hello);
    if let Some(name) = sender(text) {
        draft.push(' ');
        draft.push_str(&name);
    }
    draft.push_str(",\n\n");
    draft.push_str(words.thanks);
    draft.push('\n');
    if !by_review(&mut draft, &words, review) && !by_text(&mut draft, &words, items) {
        draft.push('\n');
        draft.push_str(words.nothing);
        draft.push('\n');
    }
    draft.push('\n');
    draft.push_str(words.bye);
    ReplyDraft {
        text: draft,
        language,
    }
}

/// What a review decided, under a line for each kind. Whether there was anything.
fn by_review(draft: &mut String, words: &Words, review: &[Reviewed]) -> bool {
    let mut any = false;
    for (place, heading) in words.review.iter().enumerate() {
        let of_place = review.iter().filter(|item| {
            let own = match (item.kind, item.responsible) {
                (ItemKind::Task, Responsible::Freelancer) => 0,
                (ItemKind::Task, Responsible::Client) => 1,
                (ItemKind::Exclusion, _) => 2,
                (ItemKind::Decision, _) => 3,
                (ItemKind::Question, _) => 4,
                // The sum and the day of the whole are said by a proposal, not by a reply.
                (ItemKind::Budget | ItemKind::Deadline, _) => return false,
            };
            own == place
        });
        let mut of_place = of_place.take(POINTS_MAX).peekable();
        if of_place.peek().is_none() {
            continue;
        }
        any = true;
        draft.push('\n');
        draft.push_str(heading);
        for item in of_place {
            draft.push_str("\n- ");
            draft.push_str(&item.title);
            if let Some(due) = item.due {
                draft.push_str(&format!(" ({due})"));
            }
        }
        draft.push('\n');
    }
    any
}

/// Each question and ask of a text in its own words, with a gap. Whether there was any.
fn by_text(draft: &mut String, words: &Words, items: &[PlanItem]) -> bool {
    let mut points = 0;
    for item in items {
        // What the client does themselves, and what is settled, needs no answer.
        let gap = match (item.draft.kind, item.draft.responsible) {
            (ItemKind::Question, _) => words.answer,
            (ItemKind::Task, Responsible::Freelancer) => words.ask,
            _ => continue,
        };
        if points == POINTS_MAX {
            break;
        }
        points += 1;
        let lines = item.draft.quote.lines();
        for line in lines.map(|line| line.trim_start_matches(['>', ' ', '\t']).trim_end()) {
            draft.push_str("\n> ");
            draft.push_str(line);
        }
        draft.push('\n');
        if let Some(due) = item.draft.due {
            draft.push_str(&format!("({} {due}) ", words.day));
        }
        draft.push_str(gap);
        draft.push('\n');
    }
    points > 0
}

/// The first name of who wrote, where the text begins with a mail's head.
fn sender(text: &str) -> Option<String> {
    let head = text.lines().take(HEAD_LINES);
    let from = head.map(str::trim).find_map(|line| {
        let (name, value) = line.split_once(':')?;
        ["from", "von", "de", "od", "van"]
            .contains(&name.trim().to_lowercase().as_str())
            .then_some(value)
    })?;
    let name = from.split('<').next()?.trim().trim_matches('"');
    let first = name.split_whitespace().next()?;
    let is_name = first
        .chars()
        .all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '’'))
        && !first.contains('@');
    is_name.then(|| first.to_owned())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    #[serde(default)]
    language: Option<String>,
    reply: String,
}

/// Reads a model's answer about `text`. Addresses that the text does not have are taken out, and characters
/// that are not seen.
///
/// # Errors
/// [`Unreadable`]: what to tell the model about it.
pub fn read(answer: &str, text: &str) -> Result<ReplyDraft, Unreadable> {
    let object = object(answer).ok_or_else(|| Unreadable("it is no JSON object".to_owned()))?;
    let answer: Answer = serde_json::from_str(object).map_err(|error| Unreadable(error.to_string()))?;
    let lines = answer.reply.lines().map(|line| {
        let words = line
            .split(' ')
            .filter(|word| !is_address(word) || text.contains(word));
        let line = words.collect::<Vec<_>>().join(" ");
        let kept = line.chars().filter(|c| !c.is_control() && !is_invisible(*c));
        kept.collect::<String>().trim_end().to_owned()
    });
    let reply = lines.collect::<Vec<_>>().join("\n").trim().to_owned();
    if reply.is_empty() {
        return Err(Unreadable("the reply is empty".to_owned()));
    }
    if reply.chars().count() > DRAFT_MAX {
        return Err(Unreadable(format!(
            "the reply is longer than {DRAFT_MAX} characters"
        )));
    }
    Ok(ReplyDraft {
        text: reply,
        language: answer.language.filter(|code| is_language(code)),
    })
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::adapter::model::basic;
    use crate::ai::plan::PlanInput;
    use crate::ai::validate::validate;

    async fn drafted(text: &str) -> String {
        let today = NaiveDate::from_ymd_opt(2026, 3, 4).unwrap();
        let input = PlanInput {
            text: text.to_owned(),
            today,
        };
        let draft = basic::plan(input).await.unwrap();
        let language = draft.language.clone();
        skeleton(text, &validate(draft, text, today).items, &[], language).text
    }

    #[tokio::test]
    async fn a_skeleton_takes_up_what_was_asked_and_answers_nothing() {
        let text = "From: Tomás Fennel <tomas@fennelrye.example>\nSubject: Second shop\n\nHi Ana,\n\n\
            please design the menu by 20 March 2026. Which paper do you recommend? We will send the photos.\n";
        let draft = drafted(text).await;
        assert!(draft.starts_with("Hello Tomás,\n\nthank you"), "{draft}");
        for part in [
            "> please design the menu by 20 March 2026",
            "2026-03-20",
            "> Which paper",
            "[your answer]",
        ] {
            assert!(draft.contains(part), "{part} in {draft}");
        }
        assert!(!draft.contains("photos"), "what they do needs no answer: {draft}");
    }

    #[tokio::test]
    async fn a_skeleton_speaks_the_language_of_the_text() {
        let draft = drafted("Hallo Ana,\n\nbitte gestalte die Speisekarte bis zum 20. März 2026. Welches Papier empfiehlst du?\n").await;
        assert!(
            draft.starts_with("Hallo,") && draft.ends_with("Viele Grüße"),
            "{draft}"
        );
        let draft = drafted("Lovely to see you yesterday.").await;
        assert!(draft.contains("[what you want to say]"), "{draft}");
    }

    #[test]
    fn a_reviewed_text_is_answered_from_its_review() {
        let item = |kind, title: &str, responsible, due| Reviewed {
            kind,
            title: title.to_owned(),
            due,
            responsible,
        };
        let day = NaiveDate::from_ymd_opt(2026, 3, 20);
        let review = [
            item(ItemKind::Question, "Which paper?", Responsible::Freelancer, None),
            item(ItemKind::Task, "Design the menu", Responsible::Freelancer, day),
            item(ItemKind::Task, "Send the photos", Responsible::Client, None),
            item(ItemKind::Budget, "900 EUR", Responsible::Freelancer, None),
        ];
        let draft = skeleton("Hi!", &[], &review, Some("en".to_owned())).text;
        assert_eq!(
            draft,
            "Hello,\n\nthank you for your message.\n\nThis is what I will do:\n- Design the menu (2026-03-20)\n\n\
             This is what I need from you:\n- Send the photos\n\nStill open:\n- Which paper?\n\n\
             Best regards"
        );
    }

    #[test]
    fn a_models_reply_brings_no_addresses_of_its_own() {
        let text = "See https://a.example/x and answer.";
        let answer = r#"{"language": "en", "reply": "Hello,\n\nI saw https://a.example/x and https://evil.example/y too.\u202e\n\nBest"}"#;
        let read = read(answer, text).unwrap();
        assert_eq!(read.text, "Hello,\n\nI saw https://a.example/x and too.\n\nBest");
        assert_eq!(read.language.as_deref(), Some("en"));
    }

    #[test]
    fn what_is_no_reply_is_said() {
        let long = format!(r#"{{"reply": "{}"}}"#, "a".repeat(DRAFT_MAX + 1));
        for (answer, said) in [
            ("Sure!", "no JSON object"),
            (r#"{"reply": " "}"#, "empty"),
            (r#"{"reply": "x", "send_to": "y"}"#, "unknown field"),
            (long.as_str(), "longer"),
        ] {
            let error = read(answer, "x").unwrap_err().0;
            assert!(error.contains(said), "{error} should say {said}");
        }
    }
}
