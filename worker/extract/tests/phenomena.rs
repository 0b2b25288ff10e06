//! One test a phenomenon: small texts that show a rule by itself, so that a miss names what broke.

#![allow(clippy::unwrap_used)] // a test fails by panicking

use chrono::NaiveDate;
use smartstack_extract::{Extraction, Item, ItemKind, Owner, extract};

fn day(s: &str) -> NaiveDate {
    s.parse().unwrap()
}

/// Read on Wednesday, 4 March 2026.
fn read(text: &str) -> Extraction {
    extract(text, day("2026-03-04"))
}

fn of(found: &Extraction, kind: ItemKind) -> Vec<&Item> {
    found.items.iter().filter(|i| i.kind == kind).collect()
}

#[test]
fn a_lone_amount_is_the_budget_and_rates_are_none() {
    for (text, cents) in [
        (
            "Hi Jo,\n\nPlease design a logo. Six thousand pounds is what we have.\n",
            Some(600_000),
        ),
        (
            "Hi Jo,\n\nPlease design a logo. Fees are capped at GBP 5,200.\n",
            Some(520_000),
        ),
        (
            "Hi Jo,\n\nPlease design a logo. A sum of £7,900 has been allocated.\n",
            Some(790_000),
        ),
        ("Hi Jo,\n\nPlease design a logo. We pay £40 per hour.\n", None),
    ] {
        assert_eq!(read(text).budget.map(|b| b.amount_cents), cents, "{text}");
    }
}

#[test]
fn the_deadline_is_that_of_the_whole_job() {
    for (text, date) in [
        (
            "Hi Jo,\n\nPlease design a logo and write the texts. Everything on our server by 29 May.\n",
            Some("2026-05-29"),
        ),
        (
            "Hi Jo,\n\nPlease design a logo and write the texts. We open on 20 June, everything has to be done by 12 June.\n",
            Some("2026-06-12"),
        ),
        (
            "Hi Jo,\n\nPlease design a logo by 20 March and write the texts. Thank you.\n",
            None,
        ),
    ] {
        assert_eq!(read(text).deadline.map(|d| d.date), date.map(day), "{text}");
    }
}

#[test]
fn a_second_date_or_verb_starts_another_task() {
    let found = read("Hi Jo,\n\nI'd like to see the first label by Friday, and the rest on the 30th.\n");
    let dues: Vec<_> = of(&found, ItemKind::Task).iter().map(|t| t.due).collect();
    assert_eq!(dues, [Some(day("2026-03-06")), Some(day("2026-03-30"))]);

    let found = read("Hi Jo,\n\nCould you enlarge the legend and add the response rate to page two?\n");
    assert_eq!(of(&found, ItemKind::Task).len(), 2);
}

#[test]
fn subjects_on_the_client_s_side_own_their_tasks() {
    let found = read(
        "Hi Jo,\n\nPlease design a logo.\n\nPractice staff\n- Nadia orders the cables by 9 March\n- the landlord's electrician to fit the sockets\n\nOur clerk will arrange the skip.\n",
    );
    let owners: Vec<_> = of(&found, ItemKind::Task).iter().map(|t| t.owner).collect();
    assert_eq!(
        owners,
        [Owner::Freelancer, Owner::Client, Owner::Client, Owner::Client]
    );
}

#[test]
fn what_a_thing_must_be_or_not_be_is_no_task_and_no_exclusion() {
    let found = read(
        "Hi Jo,\n\nWhat we need:\n- a planting scheme, no roses\n- a form on the site\n\nWe'd like a shop page. It has to work on phones.\n",
    );
    assert_eq!(of(&found, ItemKind::Task).len(), 3);
    assert!(of(&found, ItemKind::Exclusion).is_empty());
}

#[test]
fn lists_without_markers_are_lists() {
    for text in [
        "Kickoff chess club, 4 March\n\nme\n  homepage wireframe by Fri\n  tournament calendar, 6h\n",
        "Subject: cut 2\n\nHi Jo,\n\nComments on cut 2:\n\n00:14 - title is too small, enlarge\n01:30 - blur the licence plate\n",
    ] {
        assert_eq!(of(&read(text), ItemKind::Task).len(), 2, "{text}");
    }
}

#[test]
fn an_acceptance_in_a_chat_dates_the_request() {
    let found = read(
        "[04/03/2026, 09:00:00] Tess: love the cut! could you send me the file?\n[04/03/2026, 09:01:00] Ravi: you'll have it by tomorrow\n",
    );
    let tasks = of(&found, ItemKind::Task);
    assert_eq!(tasks.len(), 1);
    assert_eq!(tasks[0].due, Some(day("2026-03-05")));
    assert_eq!(tasks[0].owner, Owner::Freelancer);
}

#[test]
fn a_closed_conversation_leaves_nothing_to_do() {
    let found = read(
        "From: Ann Lee\nTo: Bo Ray\nDate: Wed, 4 Mar 2026, 09:12\nSubject: Re: printers\n\nHi Bo,\n\nall good now, the printers are working again. Nothing else from our side!\n\nAnn\n\nOn Tue, 3 Mar 2026 at 17:40, Bo Ray wrote:\n> Could you check whether it prints in colour?\n",
    );
    assert!(of(&found, ItemKind::Task).is_empty());
    assert!(of(&found, ItemKind::Question).is_empty());
}

#[test]
fn a_text_that_asks_for_nothing_yields_no_task() {
    for text in [
        "About us. We fit rainwater tanks. Our manager does the books and the vans have been repainted. Thank you for the brochure.",
        "Debrief lunch with Farid, 4.3.\n\nVery good mood. The contract was countersigned last week. The slides I promised went out yesterday. Lovely terrace.\n",
        "Wir sind eine kleine Brauerei in Bamberg. Vielen Dank für das nette Gespräch, es war uns eine Freude.",
    ] {
        assert!(of(&read(text), ItemKind::Task).is_empty(), "{text}");
    }
}

#[test]
fn a_quarter_of_a_megabyte_takes_time_in_proportion() {
    let text =
        |n: usize| "Please fix the page by Friday, we need a logo and don't want a blog.\n\n".repeat(n);
    let time = |t: &str| {
        let start = std::time::Instant::now();
        let _ = read(t);
        start.elapsed().as_secs_f64()
    };
    let (small, large) = (text(230), text(1840));
    let _ = read(&small); // compiles the patterns
    let (a, b) = (time(&small), time(&large));
    // eight times the text; anything quadratic would take sixty-four times as long
    assert!(b < a * 30.0, "{a:.3} s for 16 KiB, {b:.3} s for 128 KiB");
}

#[test]
fn whose_task_it_is_follows_the_name() {
    for (text, owners) in [
        // somebody introduced in passing is one of the client's people
        (
            "Hi Jo,\n\nPlease design a logo. My business partner Greta is a painter. Greta is going to photograph the range.\n",
            vec![Owner::Freelancer, Owner::Client],
        ),
        (
            "From: Ann Lee\nTo: Jo Park\nCc: Karen (office)\nSubject: Books\n\nPlease file the return. Karen will scan the invoices on Friday.\n",
            vec![Owner::Freelancer, Owner::Client],
        ),
        // asked by name, in front of an entry, at its end
        (
            "From: Ann Lee\nTo: Jo Park\nCc: Jonas Lie (IT)\nSubject: Server\n\nPlease test the form. Jonas, can you give Jo access to the server?\n",
            vec![Owner::Freelancer, Owner::Client],
        ),
        (
            "Standup, 4 March\n\nTODO\n- @me fix the crash on start\n- @arun new keys for staging\n",
            vec![Owner::Freelancer, Owner::Client],
        ),
        (
            "Minutes, call no. 4\nPresent: Aldo Ricci (AR, chair), Sam Whitlock (SW, organiser, minutes)\n\nAction: SW – negotiate the clause\nAction: AR – sign the contract\n",
            vec![Owner::Freelancer, Owner::Client],
        ),
        (
            "Scope\n\nKestrel's tasks\n- Provide a dump of the database (Tomasz)\n\nContractor's tasks\n- Write the scripts\n- Build a form for the members\n",
            vec![Owner::Client, Owner::Freelancer, Owner::Freelancer],
        ),
    ] {
        let found = read(text);
        let said: Vec<Owner> = of(&found, ItemKind::Task).iter().map(|t| t.owner).collect();
        assert_eq!(said, owners, "{text}");
    }
}

#[test]
fn a_mere_and_joins_two_asks() {
    for (text, tasks) in [
        (
            "Guten Tag Frau Kern,\n\nwir bitten Sie, die Statik der Decke prüfen zu lassen und uns eine grobe Schätzung zu machen.\n",
            2,
        ),
        (
            "Hola, Marta:\n\nNuestra bióloga te mandará el miércoles las fotos y revisará los nombres en latín.\n",
            2,
        ),
        (
            "Hi Jo,\n\nI should like you to design the reception desk and to propose a floor for the hall.\n",
            2,
        ),
        // one object, one ask
        ("Hi Jo,\n\nPlease fill in the form and send it back.\n", 1),
        (
            "Hi Jo,\n\nPlease add a calculator, where people put in the height and get a size.\n",
            1,
        ),
    ] {
        assert_eq!(of(&read(text), ItemKind::Task).len(), tasks, "{text}");
    }
}

#[test]
fn the_column_that_says_most_is_the_task() {
    let found = read(
        "Website copy\nFor: Lewis Hart\n\n| Page | What we want | Who | When |\n|---|---|---|---|\n| Home | Rewrite it, friendlier and shorter | Lewis | 26/3 |\n| Prices | Send the updated table of fees | Reception | 19/3 |\n",
    );
    let tasks = of(&found, ItemKind::Task);
    assert_eq!(
        tasks
            .iter()
            .map(|t| (t.quote.as_str(), t.owner))
            .collect::<Vec<_>>(),
        [
            ("Rewrite it, friendlier and shorter", Owner::Freelancer),
            ("Send the updated table of fees", Owner::Client)
        ]
    );
}

#[test]
fn what_waits_on_a_decision_is_none() {
    let found = read(
        "Guten Tag Frau Kern,\n\nbitte reichen Sie den Antrag ein, sobald wir uns für eine Variante entschieden haben.\n",
    );
    assert!(of(&found, ItemKind::Decision).is_empty());
    assert_eq!(of(&found, ItemKind::Task).len(), 1);
}
