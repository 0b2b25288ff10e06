//! Trains the table the engine reads beside its rules, from the labelled cases, and prints what it is worth.
//!
//! `cargo run --release -p smartstack-extract --example train` reads `worker/evals` and writes
//! `worker/extract/src/judge/weights.bin`; with `--check` it writes nothing. Each batch of cases is also read by a
//! table trained on all the others: the printed figures are over clauses, not over cases (`--only-write` leaves this
//! out, `--weights` prints them for several weights of the rules). The order of the examples is fixed, so the same cases give the same table.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use serde_json::Value;
use smartstack_extract::judge::{self, BUCKETS, COLUMNS, Clause, SCALE};
use smartstack_extract::{ItemKind, Owner, evidence};

/// Passes over the examples.
const EPOCHS: usize = 8;
/// What fewer examples show is taken for chance.
const SEEN: usize = 2;
/// Step of the first update of a weight; later ones shrink with what it has moved (AdaGrad).
const RATE: f32 = 0.15;
/// Pull towards zero.
const DECAY: f32 = 0.001;

struct Example {
    batch: String,
    features: Vec<u32>,
    label: usize,
    client: Option<bool>,
    rules: usize,
    explicit: bool,
    rules_client: bool,
}

type Table = Vec<[f32; COLUMNS]>;

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../evals");
    let mut examples = Vec::new();
    cases(&root, None, &mut examples)?;
    cases(&root.join("dev"), Some("dev"), &mut examples)?;
    sentences(&root.join("clauses.tsv"), &mut examples)?;
    for dir in env::args().skip(1).filter(|a| !a.starts_with("--")) {
        cases(Path::new(&dir), Some("new"), &mut examples)?;
    }
    println!("{} clauses", examples.len());
    if env::args().any(|a| a == "--only-write") {
        return write(&examples);
    }
    let mut batches: Vec<&str> = examples.iter().map(|e| e.batch.as_str()).collect();
    batches.sort_unstable();
    batches.dedup();
    let mut all = Vec::new();
    for batch in batches {
        let (held, rest): (Vec<&Example>, Vec<&Example>) = examples.iter().partition(|e| e.batch == batch);
        let table = train(&rest);
        let read: Vec<(&Example, [f32; COLUMNS])> = held
            .into_iter()
            .map(|e| (e, weigh(&table, &e.features)))
            .collect();
        report(batch, &read);
        all.extend(read);
    }
    report("all", &all);
    if env::args().any(|a| a == "--check") {
        return Ok(());
    }
    write(&examples)
}

/// Trains on everything and writes the table.
fn write(examples: &[Example]) -> Result<(), Box<dyn Error>> {
    let table = train(&examples.iter().collect::<Vec<_>>());
    let mut bytes = Vec::new();
    for (bucket, row) in table.iter().enumerate() {
        let row = row.map(|w| (w * SCALE).round().clamp(-127.0, 127.0) as i8);
        if row.iter().any(|w| *w != 0) {
            bytes.extend(u16::try_from(bucket)?.to_le_bytes());
            bytes.extend(row.iter().flat_map(|w| w.to_le_bytes()));
        }
    }
    println!(
        "{} of {BUCKETS} buckets, {} bytes",
        bytes.len() / (2 + COLUMNS),
        bytes.len()
    );
    fs::write(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("src/judge/weights.bin"),
        bytes,
    )?;
    Ok(())
}

/// Reads the cases of a folder; the batch is the hundred of the case's number unless one is given.
fn cases(dir: &Path, batch: Option<&str>, out: &mut Vec<Example>) -> Result<(), Box<dyn Error>> {
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(dir)? {
        paths.push(entry?.path());
    }
    paths.retain(|p| p.extension().is_some_and(|e| e == "json"));
    paths.sort();
    for path in paths {
        let case: Value = serde_json::from_str(&fs::read_to_string(&path)?)?;
        let text = case["text"].as_str().ok_or("a case needs a text")?;
        let today = case["today"].as_str().ok_or("a case needs a day")?.parse()?;
        let id = case["id"].as_str().ok_or("a case needs an id")?;
        let hundred = id.rsplit('-').next().and_then(|n| n.get(..1)).unwrap_or("?");
        let batch = batch.map_or_else(|| format!("{hundred}xx"), str::to_string);
        let expected = &case["expected"];
        let mut gold: Vec<((usize, usize), usize, Option<bool>)> = Vec::new();
        let mut add = |quote: Option<&str>, label: usize, client: Option<bool>| {
            if let Some((q, at)) = quote.and_then(|q| text.find(q).map(|at| (q, at))) {
                gold.push(((at, at + q.len()), label, client));
            }
        };
        for t in expected["tasks"].as_array().into_iter().flatten() {
            add(t["quote"].as_str(), 1, Some(t["owner"] == "client"));
        }
        for (label, name) in [(2, "decisions"), (3, "questions"), (4, "exclusions")] {
            for q in expected[name].as_array().into_iter().flatten() {
                add(q.as_str(), label, None);
            }
        }
        for clause in evidence(text, today) {
            let here = (clause.span.start, clause.span.end);
            let best = gold
                .iter()
                .filter(|(g, ..)| overlap(*g, here) >= 0.5)
                .max_by_key(|(g, ..)| g.1.min(here.1) - g.0.max(here.0));
            let (label, client) = best.map_or((0, None), |b| (b.1, b.2));
            out.push(example(&batch, clause, label, client));
        }
    }
    Ok(())
}

/// Reads lines of language, label (`-`, `F`, `C`, `D`, `Q`, `E`) and sentence. Without more, the sentence is all a
/// client writes; behind the language and a slash stands another place: an entry of `notes`, a `chat`, a mail of
/// `mine`, the freelancer's.
fn sentences(path: &Path, out: &mut Vec<Example>) -> Result<(), Box<dyn Error>> {
    if !path.exists() {
        return Ok(());
    }
    let today = "2026-03-04".parse()?;
    for line in fs::read_to_string(path)?.lines().filter(|l| !l.starts_with('#')) {
        let mut fields = line.splitn(3, '\t');
        let (Some(place), Some(label), Some(sentence)) = (fields.next(), fields.next(), fields.next()) else {
            continue;
        };
        let (language, place) = place.split_once('/').unwrap_or((place, "letter"));
        let (label, client) = match label {
            "F" => (1, Some(false)),
            "C" => (1, Some(true)),
            "D" => (2, None),
            "Q" => (3, None),
            "E" => (4, None),
            _ => (0, None),
        };
        for text in placed(language, place, sentence) {
            // what the rules divide further says more than one thing, and no label says which
            let Some(at) = text.find(sentence) else { continue };
            let said: Vec<Clause> = evidence(&text, today)
                .into_iter()
                .filter(|c| c.span.start < at + sentence.len() && at < c.span.end)
                .collect();
            if let [one] = said.as_slice() {
                out.push(example("sentences", one.clone(), label, client));
            }
        }
    }
    Ok(())
}

/// The texts a sentence is read in.
fn placed(language: &str, place: &str, sentence: &str) -> Vec<String> {
    let (greeting, closing) = match language {
        "de" => ("Guten Tag Frau Kern,", "Mit freundlichen Grüßen"),
        "fr" => ("Bonjour Claire,", "Bien cordialement"),
        "es" => ("Hola, Marta:", "Un saludo"),
        "pt" => ("Olá Marta,", "Um abraço"),
        "nl" => ("Beste Anne,", "Met vriendelijke groet"),
        "pl" => ("Dzień dobry Pani Anno,", "Z pozdrowieniami"),
        _ => ("Hi Robin,", "Best wishes"),
    };
    let plain = format!("{greeting}\n\n{sentence}\n\n{closing}\nAlex");
    let header = "From: Alex Moor\nTo: Robin Hale\nDate: Wed, 4 Mar 2026\nSubject: Re: our project";
    match place {
        "notes" => vec![
            format!("Notes, call with the client, 4 March\n\n- {sentence}\n"),
            format!("Notes, call with the client, 4 March\n\n{sentence}\n"),
        ],
        "chat" => vec![format!(
            "[04/03/2026, 10:00] Robin: my invoice is on its way\n[04/03/2026, 10:01] Alex: {sentence}\n"
        )],
        "mine" => vec![format!(
            "{header}\n\nThanks, more soon.\n\nAlex\n\nOn Tue, 3 Mar 2026 at 10:12, Robin Hale wrote:\n> {sentence}\n"
        )],
        _ => vec![format!("{header}\n\n{plain}"), plain],
    }
}

fn example(batch: &str, clause: Clause, label: usize, client: Option<bool>) -> Example {
    Example {
        batch: batch.to_string(),
        features: clause.features,
        label,
        client,
        rules: match clause.rules.map(|r| r.0) {
            None => 0,
            Some(ItemKind::Task) => 1,
            Some(ItemKind::Decision) => 2,
            Some(ItemKind::Question) => 3,
            Some(ItemKind::Exclusion) => 4,
        },
        explicit: clause.explicit,
        rules_client: clause.rules.is_some_and(|r| r.1 == Owner::Client),
    }
}

/// What two places share, as a part of the shorter one.
fn overlap(a: (usize, usize), b: (usize, usize)) -> f64 {
    let shared = a.1.min(b.1).saturating_sub(a.0.max(b.0));
    shared as f64 / (a.1 - a.0).min(b.1 - b.0).max(1) as f64
}

/// Probabilities of the five kinds, and that the client does the task.
fn weigh(table: &Table, features: &[u32]) -> [f32; COLUMNS] {
    let mut s = [0f32; COLUMNS];
    for f in features {
        for (v, w) in s.iter_mut().zip(&table[*f as usize]) {
            *v += w;
        }
    }
    let top = s[..5].iter().copied().fold(f32::MIN, f32::max);
    let mut total = 0.0;
    for v in &mut s[..5] {
        *v = (*v - top).exp();
        total += *v;
    }
    for v in &mut s[..5] {
        *v /= total;
    }
    s[5] = 1.0 / (1.0 + (-s[5]).exp());
    s
}

/// Logistic regression by stochastic descent.
fn train(examples: &[&Example]) -> Table {
    let mut seen = vec![0usize; BUCKETS];
    for f in examples.iter().flat_map(|e| &e.features) {
        seen[*f as usize] += 1;
    }
    let mut table: Table = vec![[0.0; COLUMNS]; BUCKETS];
    let mut moved: Table = vec![[1e-6; COLUMNS]; BUCKETS];
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let mut seed: u64 = 42;
    for _ in 0..EPOCHS {
        for i in (1..order.len()).rev() {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            order.swap(i, (seed % (i as u64 + 1)) as usize);
        }
        for &i in &order {
            let e = examples[i];
            let p = weigh(&table, &e.features);
            for f in &e.features {
                if seen[*f as usize] < SEEN {
                    continue;
                }
                let (row, past) = (&mut table[*f as usize], &mut moved[*f as usize]);
                for k in 0..COLUMNS {
                    let target = match (k, e.client) {
                        (5, None) => continue,
                        (5, Some(client)) => client,
                        _ => k == e.label,
                    };
                    let slope = p[k] - f32::from(u8::from(target)) + DECAY * row[k];
                    past[k] += slope * slope;
                    row[k] -= RATE * slope / past[k].sqrt();
                }
            }
        }
    }
    table
}

fn best(p: &[f32; COLUMNS]) -> usize {
    (0..5).max_by(|a, b| p[*a].total_cmp(&p[*b])).unwrap_or(0)
}

/// F1 of each kind over clauses, for the rules, the model, and the model beside the rules as the engine uses it.
fn report(name: &str, read: &[(&Example, [f32; COLUMNS])]) {
    let kinds = |p: &[f32; COLUMNS]| [p[0], p[1], p[2], p[3], p[4]];
    let both = |e: &Example, p: &[f32; COLUMNS]| judge::choose(&kinds(p), e.rules, e.explicit);
    let f1 = |guess: &dyn Fn(&Example, &[f32; COLUMNS]) -> usize| {
        let mut count = [[0usize; 3]; 5];
        for (e, p) in read {
            let g = guess(e, p);
            count[g][1] += 1;
            count[e.label][2] += 1;
            count[g][0] += usize::from(g == e.label);
        }
        (1..5)
            .map(|k| 2.0 * count[k][0] as f64 / (count[k][1] + count[k][2]).max(1) as f64)
            .map(|f| format!("{f:.3}"))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let owners: Vec<(bool, bool, bool)> = read
        .iter()
        .filter(|(e, _)| e.rules == 1)
        .filter_map(|(e, p)| e.client.map(|c| (c, e.rules_client, p[5] > 0.5)))
        .collect();
    let right = |f: &dyn Fn(&(bool, bool, bool)) -> bool| {
        owners.iter().filter(|o| f(o)).count() as f64 / owners.len().max(1) as f64
    };
    if env::args().any(|a| a == "--weights") {
        for w in [-0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0] {
            let silent = |e: &Example, p: &[f32; COLUMNS]| {
                if e.rules == 0 {
                    judge::weighed(&kinds(p), 0, w)
                } else {
                    both(e, p)
                }
            };
            let likely = |e: &Example, p: &[f32; COLUMNS]| {
                if e.rules != 0 && !e.explicit {
                    judge::weighed(&kinds(p), e.rules, w)
                } else {
                    both(e, p)
                }
            };
            let plain = |e: &Example, p: &[f32; COLUMNS]| {
                if e.explicit {
                    judge::weighed(&kinds(p), e.rules, w)
                } else {
                    both(e, p)
                }
            };
            println!(
                "{name:9} weight {w:4}: silent {} | likely {} | explicit {}",
                f1(&silent),
                f1(&likely),
                f1(&plain)
            );
        }
    }
    println!(
        "{name:9} {:5} clauses | rules {} | model {} | both {} | owner: rules {:.3} model {:.3}",
        read.len(),
        f1(&|e, _| e.rules),
        f1(&|_, p| best(p)),
        f1(&both),
        right(&|o| o.0 == o.1),
        right(&|o| o.0 == o.2),
    );
}
