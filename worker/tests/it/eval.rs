//! `smartstack-worker eval` over a case made for the test.

use serde_json::{Value, json};
use smartstack_worker::ai::models::Reader;
use smartstack_worker::eval;

#[tokio::test]
async fn a_case_becomes_a_prediction() {
    let folder = tempfile::tempdir().unwrap();
    let text = "Please design the home page by 20 March 2026, about 6 hours.\nPlease set up the online menu.\nThe budget is 4500 EUR.\n";
    let case =
        json!({ "id": "case-1", "today": "2026-03-04", "text": text, "expected": { "tasks": ["not read"] } });
    std::fs::write(folder.path().join("any name.json"), case.to_string()).unwrap();
    std::fs::write(folder.path().join("notes.txt"), "not a case").unwrap();
    let out = folder.path().join("out");
    assert_eq!(eval::run(folder.path(), &out, &Reader::Basic).await.unwrap(), 1);

    let prediction: Value = serde_json::from_slice(&std::fs::read(out.join("case-1.json")).unwrap()).unwrap();
    let task = &prediction["tasks"][0];
    assert!(text.contains(task["quote"].as_str().unwrap()));
    assert_eq!(task["due"], "2026-03-20");
    assert_eq!(task["hours"], json!({ "min": 6.0, "max": 6.0 }));
    assert_eq!(task["owner"], "freelancer");
    assert_eq!(
        prediction["budget"],
        json!({ "amount": 4500.0, "currency": "EUR" })
    );
    assert_eq!(prediction["deadline"], Value::Null);
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (cases, out) = (folder.path().join("cases"), folder.path().join("out"));
    let error = eval::run(&cases, &out, &Reader::Basic)
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("cannot list the cases"), "{error}");
    std::fs::create_dir(&cases).unwrap();
    let error = eval::run(&cases, &out, &Reader::Basic)
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("no case"), "{error}");
    for bad in ["{}", r#"{"id": "../x", "today": "2026-03-04", "text": ""}"#] {
        std::fs::write(cases.join("bad.json"), bad).unwrap();
        let error = eval::run(&cases, &out, &Reader::Basic)
            .await
            .unwrap_err()
            .to_string();
        assert!(error.contains("bad.json"), "{error}");
    }
}
