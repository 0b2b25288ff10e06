//! Reads every case of a folder and writes one prediction a case, in the shape a case's `expected` has.
//!
//! `cargo run -p smartstack-extract --example eval -- CASES_DIR OUT_DIR`

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use serde_json::{Value, json};
use smartstack_extract::{Extraction, ItemKind, Owner, extract};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = env::args().skip(1).map(PathBuf::from);
    let (Some(cases), Some(out)) = (args.next(), args.next()) else {
        return Err("usage: eval CASES_DIR OUT_DIR".into());
    };
    fs::create_dir_all(&out)?;
    for entry in fs::read_dir(cases)? {
        let path = entry?.path();
        if path.extension().is_none_or(|e| e != "json") {
            continue;
        }
        let case: Value = serde_json::from_str(&fs::read_to_string(&path)?)?;
        let text = case["text"].as_str().ok_or("a case needs a text")?;
        let today = case["today"]
            .as_str()
            .ok_or("a case needs a day it is read on")?
            .parse()?;
        let id = case["id"].as_str().ok_or("a case needs an id")?;
        let prediction = serde_json::to_string_pretty(&shape(&extract(text, today)))?;
        fs::write(out.join(format!("{id}.json")), prediction)?;
    }
    Ok(())
}

fn shape(found: &Extraction) -> Value {
    let quotes = |kind| {
        found
            .items
            .iter()
            .filter(|i| i.kind == kind)
            .map(|i| i.quote.clone())
            .collect::<Vec<_>>()
    };
    let tasks: Vec<Value> = found
        .items
        .iter()
        .filter(|i| i.kind == ItemKind::Task)
        .map(|i| {
            json!({
                "title": i.title,
                "quote": i.quote,
                "due": i.due,
                "hours": i.effort_minutes.map(|e| json!({"min": f64::from(e.min) / 60.0, "max": f64::from(e.max) / 60.0})),
                "owner": if i.owner == Owner::Client { "client" } else { "freelancer" },
            })
        })
        .collect();
    json!({
        "tasks": tasks,
        "decisions": quotes(ItemKind::Decision),
        "questions": quotes(ItemKind::Question),
        "exclusions": quotes(ItemKind::Exclusion),
        "budget": found.budget.as_ref().map(|b| json!({"amount": b.amount_cents as f64 / 100.0, "currency": b.currency})),
        "deadline": found.deadline.as_ref().map(|d| d.date),
    })
}
