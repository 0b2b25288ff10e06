use super::*;

fn mark(item: usize, text: &str, quote: &str) -> Mark {
    let byte = text.find(quote).expect("the quote stands in the text");
    let start = text[..byte].chars().count();
    Mark {
        item,
        start,
        end: start + quote.chars().count(),
    }
}

/// Runs as `text[items]ends`, joined the way they are shown.
fn show(runs: &[Run]) -> String {
    let mut out = String::new();
    for run in runs {
        match run.items.as_slice() {
            [] => out.push_str(&run.text),
            items => out.push_str(&format!("{{{}|{items:?}}}", run.text)),
        }
        for end in &run.ends {
            out.push_str(&format!("^{end}"));
        }
        match run.after {
            Join::Nothing => {}
            Join::Space => out.push('_'),
            Join::Break => out.push('/'),
        }
    }
    out
}

/// Every run is where it says it is.
fn check_positions(text: &str, source: &Source) {
    let chars: Vec<char> = text.chars().collect();
    let headers = source.headers.iter().flat_map(|h| &h.runs);
    for run in headers.chain(source.blocks.iter().flat_map(|b| &b.runs)) {
        let len = run.text.chars().count();
        let there: String = chars[run.start..run.start + len].iter().collect();
        assert_eq!(there, run.text);
    }
}

#[test]
fn splits_paragraphs_at_empty_lines() {
    let text = "Hi Ana,\n\nWe open in May.\nThanks\n\n\nTomás";
    let source = cut(text, &[]);
    let shown: Vec<String> = source.blocks.iter().map(|b| show(&b.runs)).collect();
    assert_eq!(shown, ["Hi Ana,", "We open in May./Thanks", "Tomás"]);
    check_positions(text, &source);
}

#[test]
fn counts_code_points_not_bytes() {
    let text = "Olá 👩🏽‍🎨, Tomás: façam o menu.";
    let source = cut(text, &[mark(0, text, "façam o menu")]);
    assert_eq!(
        show(&source.blocks[0].runs),
        "Olá 👩🏽‍🎨, Tomás: {façam o menu|[0]}^0."
    );
    check_positions(text, &source);
}

#[test]
fn overlapping_quotes_share_the_middle() {
    let text = "redraw the menu by Friday please";
    let marks = [
        mark(1, text, "the menu by Friday"),
        mark(0, text, "redraw the menu"),
    ];
    let source = cut(text, &marks);
    assert_eq!(
        show(&source.blocks[0].runs),
        "{redraw |[0]}{the menu|[0, 1]}^0{ by Friday|[1]}^1 please"
    );
}

#[test]
fn two_items_may_quote_the_same_words() {
    let text = "Launch on 3 May.";
    let source = cut(
        text,
        &[mark(0, text, "Launch on 3 May"), mark(1, text, "Launch on 3 May")],
    );
    assert_eq!(show(&source.blocks[0].runs), "{Launch on 3 May|[0, 1]}^0^1.");
}

#[test]
fn windows_line_ends_are_not_shown_and_keep_positions() {
    let text = "First line.\r\nSecond line.\r\n\r\nNext.";
    let source = cut(text, &[mark(0, text, "line.\r\nSecond")]);
    assert_eq!(
        show(&source.blocks[0].runs),
        "First {line.|[0]}/{Second|[0]}^0 line."
    );
    assert_eq!(show(&source.blocks[1].runs), "Next.");
    check_positions(text, &source);
}

#[test]
fn a_quote_runs_on_over_wrapped_reply_lines() {
    let text = "On Monday Ana wrote:\n> could you please send the measured drawing of the front\n> to the printer before Friday\n\nYes.";
    let quote = "send the measured drawing of the front\n> to the printer";
    let source = cut(text, &[mark(0, text, quote)]);
    assert_eq!(source.blocks.len(), 3);
    assert_eq!(source.blocks[1].depth, 1);
    assert_eq!(
        show(&source.blocks[1].runs),
        "could you please {send the measured drawing of the front|[0]}_{to the printer|[0]}^0 before Friday"
    );
    check_positions(text, &source);
}

#[test]
fn wrapped_lines_are_joined_but_lists_are_not() {
    let text = "We would like a new shop window that people notice from\nacross the street.\n- decal for the glass and a very long explanation of it\n- menu board";
    let source = cut(text, &[]);
    assert_eq!(
        show(&source.blocks[0].runs),
        "We would like a new shop window that people notice from_across the street./- decal for the glass and a very long explanation of it/- menu board"
    );
}

#[test]
fn reads_a_mail_head_in_any_case() {
    let text = "Von: Tomás Leal\nBetreff: Zweiter Laden am 24. Januar\n\nHallo";
    let source = cut(text, &[mark(0, text, "24. Januar")]);
    assert_eq!(source.headers[0].name, "Von");
    assert_eq!(
        show(&source.headers[1].runs),
        "Zweiter Laden am {24. Januar|[0]}^0"
    );
    assert_eq!(show(&source.blocks[0].runs), "Hallo");
    check_positions(text, &source);
    assert!(cut("Budget: 3\nTeam: 4", &[]).headers.is_empty());
    assert!(cut("From: only one line\n\nHi", &[]).headers.is_empty());
}

#[test]
fn marks_that_make_no_sense_are_left_out() {
    let text = "short";
    let bad = [
        Mark {
            item: 0,
            start: 3,
            end: 3,
        },
        Mark {
            item: 1,
            start: 4,
            end: 2,
        },
        Mark {
            item: 2,
            start: 0,
            end: 99,
        },
    ];
    assert_eq!(show(&cut(text, &bad).blocks[0].runs), "short");
    assert_eq!(cut("", &bad), Source::default());
}

#[test]
fn numbers_follow_the_text() {
    assert_eq!(
        numbers(&[(Some(40), 0), (None, 1), (Some(3), 2), (Some(3), 1)]),
        [3, 4, 2, 1]
    );
}

#[test]
fn sentences_end_at_stops_and_line_ends() {
    let text = "Hi Ana!  Please draw it. Thanks\nTomás\n\n- one\n- two";
    let source = cut(text, &[]);
    let chars: Vec<char> = text.chars().collect();
    let got: Vec<String> = sentences(&source)
        .iter()
        .map(|&(a, b)| chars[a..b].iter().collect())
        .collect();
    assert_eq!(
        got,
        ["Hi Ana!", "Please draw it.", "Thanks", "Tomás", "- one", "- two"]
    );
}
