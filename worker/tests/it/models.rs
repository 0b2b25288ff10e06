//! Models over their wire: what is asked in which form, what becomes of every kind of answer, and what the
//! stack around them does.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use secrecy::SecretString;
use serde_json::{Value, json};
use smartstack_domain::clock::Random;
use smartstack_worker::adapter::model::{
    AnswerForm, BedrockModel, BedrockSettings, Model, ModelAnswer, ModelError, ModelErrorKind as Kind,
    ModelRequest, OpenAiModel, OpenAiSettings, Repair,
};
use smartstack_worker::ai::config::{AiConfig, ModelSpec, Structured, Tokens};
use smartstack_worker::ai::stack::{BreakerPolicy, Call, CallError, CallRetry, Patience, Stack};

use crate::bedrock_stand_in::{Said, reply};
use crate::http_stand_in::{HttpStandIn, Reply};

fn spec() -> ModelSpec {
    AiConfig::load(None).unwrap().models["claude-haiku"].clone()
}

fn request() -> ModelRequest {
    ModelRequest {
        system: "Read.".into(),
        user: "The text.".into(),
        form: Arc::new(AnswerForm {
            name: "plan_items".to_owned(),
            description: "Items.".to_owned(),
            schema: json!({ "type": "object", "properties": { "items": { "type": "array" } } }),
        }),
        max_tokens: 500,
        repair: None,
    }
}

/// Bedrock that says these things one after another, the last for ever.
async fn bedrock(said: Vec<Said>) -> HttpStandIn {
    HttpStandIn::start(move |asked, before| reply(asked, &said[before.min(said.len() - 1)])).await
}

async fn model(stand_in: &HttpStandIn, spec: ModelSpec) -> Model {
    let settings = BedrockSettings {
        region: "eu-central-1".to_owned(),
        endpoint: Some(stand_in.address().to_owned()),
    };
    Model::Bedrock(BedrockModel::new(&settings, spec).await)
}

async fn ask(said: Said, spec: ModelSpec) -> (Result<ModelAnswer, ModelError>, Value) {
    let stand_in = bedrock(vec![said]).await;
    let answer = model(&stand_in, spec).await.ask(&request()).await;
    let asked = stand_in.asked().remove(0);
    (answer, asked.body)
}

const TOKENS: Tokens = Tokens {
    input: 1000,
    output: 100,
    cache_read: 20,
    cache_write: 30,
};

#[tokio::test]
async fn an_answer_in_a_form_is_had_in_three_ways_whole_or_streamed() {
    let object = json!({ "items": [{ "quote": "größe 🦀" }] });
    for stream in [false, true] {
        for structured in [
            Structured::JsonSchema,
            Structured::ForcedTool,
            Structured::AutoTool,
        ] {
            let spec = ModelSpec {
                stream,
                structured,
                ..spec()
            };
            let said = match structured {
                Structured::JsonSchema => Said::text(object.to_string()),
                _ => Said::Tool(object.clone()),
            };
            let (answer, body) = ask(said, spec).await;
            let answer = answer.unwrap();
            assert_eq!(serde_json::from_str::<Value>(&answer.text).unwrap(), object);
            assert_eq!(answer.tokens, TOKENS, "{structured:?}, streamed: {stream}");
            let format = &body["outputConfig"]["textFormat"];
            let tools = &body["toolConfig"];
            match structured {
                Structured::JsonSchema => {
                    assert_eq!(format["type"], "json_schema");
                    let schema = format["structure"]["jsonSchema"]["schema"].as_str().unwrap();
                    assert!(schema.contains("items") && tools.is_null());
                }
                Structured::ForcedTool => {
                    assert_eq!(tools["toolChoice"]["tool"]["name"], "plan_items");
                    let schema = &tools["tools"][0]["toolSpec"]["inputSchema"]["json"];
                    assert_eq!(*schema, request().form.schema);
                    assert!(format.is_null());
                }
                Structured::AutoTool => assert!(tools["toolChoice"]["auto"].is_object()),
            }
        }
    }
}

#[tokio::test]
async fn only_what_the_model_can_do_is_asked_of_it() {
    let (_, body) = ask(Said::text("{}"), spec()).await;
    assert_eq!(
        body["inferenceConfig"],
        json!({ "maxTokens": 500, "temperature": 0.0 })
    );
    assert_eq!(body["system"][1]["cachePoint"]["type"], "default");
    let plain = ModelSpec {
        temperature: false,
        prompt_cache: false,
        ..spec()
    };
    let (_, body) = ask(Said::text("{}"), plain).await;
    assert_eq!(body["inferenceConfig"], json!({ "maxTokens": 500 }));
    assert_eq!(body["system"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_repair_shows_the_model_its_answer_and_what_is_wrong() {
    let stand_in = bedrock(vec![Said::text("{}")]).await;
    let asked = ModelRequest {
        repair: Some(Repair {
            answer: String::new(),
            complaint: "no JSON".to_owned(),
        }),
        ..request()
    };
    model(&stand_in, spec()).await.ask(&asked).await.unwrap();
    let messages = stand_in.asked().remove(0).body["messages"].clone();
    let roles: Vec<_> = messages
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["role"].clone())
        .collect();
    assert_eq!(roles, ["user", "assistant", "user"]);
    assert_eq!(messages[1]["content"][0]["text"], "(nothing)");
}

#[tokio::test]
async fn errors_are_told_apart() {
    for stream in [false, true] {
        for (status, code, message, kind) in [
            (429, "ThrottlingException", "slow down", Kind::Throttled),
            (429, "ModelNotReadyException", "soon", Kind::NotReady),
            (500, "InternalServerException", "oh", Kind::ServerFault),
            (503, "ServiceUnavailableException", "away", Kind::Unavailable),
            (408, "ModelTimeoutException", "long", Kind::TimedOut),
            (424, "ModelErrorException", "broke", Kind::StreamBroken),
            (
                400,
                "ValidationException",
                "toolChoice is not supported",
                Kind::Invalid,
            ),
            (
                400,
                "ValidationException",
                "Input is too long for requested model.",
                Kind::TooLong,
            ),
            (403, "AccessDeniedException", "no", Kind::Denied),
            (404, "ResourceNotFoundException", "what", Kind::NotFound),
            (502, "", "", Kind::Unavailable),
            (500, "", "", Kind::ServerFault),
        ] {
            let spec = ModelSpec { stream, ..spec() };
            let (answer, _) = ask(Said::Error(status, code, message), spec).await;
            assert_eq!(
                answer.unwrap_err().kind,
                kind,
                "{status} {code} {message}, streamed: {stream}"
            );
        }
    }
}

#[tokio::test]
async fn what_breaks_off_is_no_answer() {
    for (stream, said, kind) in [
        (true, Said::Cut, Kind::StreamBroken),
        (true, Said::Garbage, Kind::Garbage),
        (true, Said::Exception("throttlingException"), Kind::Throttled),
        (
            true,
            Said::Exception("modelStreamErrorException"),
            Kind::StreamBroken,
        ),
        (
            true,
            Said::Exception("internalServerException"),
            Kind::ServerFault,
        ),
        (false, Said::Cut, Kind::Garbage),
        (false, Said::Garbage, Kind::Garbage),
    ] {
        let spec = ModelSpec { stream, ..spec() };
        let (answer, _) = ask(said.clone(), spec).await;
        assert_eq!(answer.unwrap_err().kind, kind, "{said:?}, streamed: {stream}");
    }
}

#[tokio::test]
async fn why_it_stopped_matters() {
    for stream in [false, true] {
        for (stop, kind) in [
            ("max_tokens", Some(Kind::CutOff)),
            ("guardrail_intervened", Some(Kind::Refused)),
            ("content_filtered", Some(Kind::Refused)),
            ("model_context_window_exceeded", Some(Kind::TooLong)),
            ("end_turn", None),
            ("stop_sequence", None),
            ("something new", None),
        ] {
            let spec = ModelSpec { stream, ..spec() };
            let (answer, _) = ask(Said::Text("{}".to_owned(), stop), spec).await;
            match (answer, kind) {
                (Ok(_), None) => {}
                (Err(error), Some(kind)) => {
                    assert_eq!(error.kind, kind, "{stop}");
                    assert_eq!(
                        error.tokens,
                        Some(TOKENS),
                        "{stop}: it took something all the same"
                    );
                }
                (answer, _) => panic!("{stop}: {answer:?}"),
            }
        }
    }
}

/// No wait is longer than a millisecond, so that a test of many tries is short.
const QUICK: Patience = Patience {
    retry: CallRetry {
        most: 4,
        base: Duration::from_millis(1),
        cap: Duration::from_millis(1),
    },
    breaker: BreakerPolicy {
        failures: 5,
        open_for: Duration::from_secs(60),
    },
};

fn call() -> Call {
    Call {
        request: request(),
        account: None,
    }
}

async fn stack(stand_in: &HttpStandIn, spec: ModelSpec) -> Stack {
    let model = model(stand_in, spec.clone()).await;
    Stack::new("claude-haiku", model, &spec, QUICK, Random::seeded(1))
}

#[tokio::test]
async fn the_stack_tries_again_by_kind_of_error_and_nobody_else_does() {
    let throttled = Said::Error(429, "ThrottlingException", "");
    for (said, calls, answered) in [
        (
            vec![throttled.clone(), throttled.clone(), Said::text("{}")],
            3,
            true,
        ),
        (vec![throttled], 4, false),
        (vec![Said::Error(408, "ModelTimeoutException", "")], 2, false),
        (vec![Said::Cut, Said::text("{}")], 2, true),
        (vec![Said::Error(400, "ValidationException", "")], 1, false),
        (vec![Said::Error(403, "AccessDeniedException", "")], 1, false),
        (vec![Said::Error(404, "ResourceNotFoundException", "")], 1, false),
        (vec![Said::Text("{}".to_owned(), "max_tokens")], 1, false),
        (
            vec![Said::Text("{}".to_owned(), "guardrail_intervened")],
            1,
            false,
        ),
    ] {
        let stand_in = bedrock(said.clone()).await;
        let outcome = stack(&stand_in, spec()).await.ask(call()).await;
        assert_eq!(outcome.is_ok(), answered, "{said:?}: {outcome:?}");
        assert_eq!(stand_in.asked().len(), calls, "{said:?}");
    }
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_given_up_twice() {
    let stand_in =
        HttpStandIn::start(|asked, _| reply(asked, &Said::text("{}")).after(Duration::from_secs(60))).await;
    let spec = ModelSpec {
        timeout_seconds: 1,
        ..spec()
    };
    let outcome = stack(&stand_in, spec).await.ask(call()).await;
    assert!(
        matches!(&outcome, Err(CallError::Model(error)) if error.kind == Kind::TimedOut),
        "{outcome:?}"
    );
    assert_eq!(stand_in.asked().len(), 2);
}

#[tokio::test]
async fn a_model_that_is_away_is_left_alone() {
    let stand_in = bedrock(vec![Said::Error(500, "InternalServerException", "")]).await;
    let stack = stack(&stand_in, spec()).await;
    let first = stack.ask(call()).await;
    assert!(matches!(first, Err(CallError::Model(_))), "{first:?}");
    // The fifth failure in a row opens the breaker; the sixth call never leaves.
    let second = stack.ask(call()).await;
    assert!(
        matches!(second, Err(CallError::Open(wait)) if wait <= Duration::from_secs(60)),
        "{second:?}"
    );
    assert!(matches!(stack.ask(call()).await, Err(CallError::Open(_))));
    assert_eq!(stand_in.asked().len(), 5);
}

#[tokio::test]
async fn so_many_are_asked_at_a_time() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (counted, seen) = (Arc::clone(&now), Arc::clone(&most));
    let model = smartstack_worker::adapter::model::ScriptedModel::by(move |_| {
        seen.fetch_max(counted.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        // Asked and answered in one breath: what counts is that no third call came in between.
        std::thread::sleep(Duration::from_millis(5));
        counted.fetch_sub(1, Ordering::SeqCst);
        Ok(smartstack_worker::adapter::model::scripted::answer(
            "{}".to_owned(),
        ))
    });
    let spec = ModelSpec {
        concurrency: 2,
        requests_per_minute: 60_000,
        ..spec()
    };
    let stack = Stack::new("m", Model::Scripted(model), &spec, QUICK, Random::seeded(1));
    let calls = (0..16).map(|_| {
        let stack = stack.clone();
        tokio::spawn(async move { stack.ask(call()).await.is_ok() })
    });
    assert!(
        futures_util::future::join_all(calls)
            .await
            .into_iter()
            .all(Result::unwrap)
    );
    assert!(most.load(Ordering::SeqCst) <= 2);
}

async fn open_ai(
    structured: Structured,
    rule: impl Fn(usize) -> Reply + Send + Sync + 'static,
) -> (Model, HttpStandIn) {
    let stand_in = HttpStandIn::start(move |_, before| rule(before)).await;
    let settings = OpenAiSettings {
        base_url: format!("{}/v1/", stand_in.address()),
        key: Some(SecretString::from("hidden-key")),
        model: Some("llama3.2".to_owned()),
    };
    let spec = ModelSpec {
        structured,
        ..AiConfig::load(None).unwrap().models["local"].clone()
    };
    (
        Model::OpenAi(OpenAiModel::new(&settings, spec).unwrap()),
        stand_in,
    )
}

fn completion(message: &Value, finish: &str) -> Reply {
    Reply::json(
        200,
        &json!({ "choices": [{ "index": 0, "message": message, "finish_reason": finish }],
                 "usage": { "prompt_tokens": 120, "completion_tokens": 30,
                            "prompt_tokens_details": { "cached_tokens": 20 } } }),
    )
}

#[tokio::test]
async fn open_ai_s_form_is_spoken_too() {
    let content = json!({ "role": "assistant", "content": "{\"items\": []}" });
    let (model, stand_in) = open_ai(Structured::JsonSchema, move |_| completion(&content, "stop")).await;
    let answer = model.ask(&request()).await.unwrap();
    assert_eq!(answer.text, "{\"items\": []}");
    assert_eq!(
        (
            answer.tokens.input,
            answer.tokens.cache_read,
            answer.tokens.output
        ),
        (100, 20, 30)
    );
    let asked = stand_in.asked().remove(0);
    assert_eq!(asked.path, "/v1/chat/completions");
    assert!(asked.head.contains("authorization: bearer hidden-key"));
    assert_eq!(asked.body["model"], "llama3.2");
    assert_eq!(asked.body["response_format"]["json_schema"]["name"], "plan_items");

    let call = json!({ "role": "assistant", "content": null, "tool_calls": [
        { "id": "c", "type": "function", "function": { "name": "plan_items", "arguments": "{\"items\": []}" } }] });
    let (model, stand_in) = open_ai(Structured::ForcedTool, move |_| completion(&call, "tool_calls")).await;
    assert_eq!(model.ask(&request()).await.unwrap().text, "{\"items\": []}");
    assert_eq!(
        stand_in.asked()[0].body["tool_choice"]["function"]["name"],
        "plan_items"
    );
}

#[tokio::test]
async fn a_service_that_knows_no_schema_is_asked_in_words_from_then_on() {
    let content = json!({ "role": "assistant", "content": "{}" });
    let (model, stand_in) = open_ai(Structured::JsonSchema, move |before| match before {
        0 => Reply::json(
            400,
            &json!({ "error": { "message": "response_format is not supported" } }),
        ),
        _ => completion(&content, "stop"),
    })
    .await;
    model.ask(&request()).await.unwrap();
    model.ask(&request()).await.unwrap();
    let asked = stand_in.asked();
    assert_eq!(asked.len(), 3);
    for again in &asked[1..] {
        assert!(again.body["response_format"].is_null());
        let system = again.body["messages"][0]["content"].as_str().unwrap();
        assert!(system.contains("\"items\""), "{system}");
    }
}

#[tokio::test]
async fn open_ai_s_errors_are_told_apart() {
    let said = |message: &'static str, finish: &'static str| {
        completion(
            &json!({ "role": "assistant", "content": "{}", "refusal": message }),
            finish,
        )
    };
    let error =
        |status, message: &'static str| Reply::json(status, &json!({ "error": { "message": message } }));
    let redirect = || Reply {
        headers: vec![("location", "http://127.0.0.1:9/".to_owned())],
        ..Reply::json(307, &Value::Null)
    };
    for (reply, kind) in [
        (error(429, ""), Kind::Throttled),
        (error(401, ""), Kind::Denied),
        (error(404, ""), Kind::NotFound),
        (error(503, ""), Kind::Unavailable),
        (error(500, ""), Kind::ServerFault),
        (error(400, "maximum context length is 8192"), Kind::TooLong),
        (error(400, "no such parameter"), Kind::Invalid),
        (redirect(), Kind::Invalid),
        (said("", "length"), Kind::CutOff),
        (said("", "content_filter"), Kind::Refused),
        (said("I cannot", "stop"), Kind::Refused),
        (Reply::json(200, &json!({ "choices": [] })), Kind::Garbage),
        (Reply::json(200, &json!("hello")), Kind::Garbage),
    ] {
        let (model, _stand_in) = open_ai(Structured::AutoTool, move |_| reply.clone()).await;
        assert_eq!(model.ask(&request()).await.unwrap_err().kind, kind);
    }
    let nobody = OpenAiSettings {
        base_url: "http://127.0.0.1:9/v1".to_owned(),
        key: None,
        model: None,
    };
    let spec = AiConfig::load(None).unwrap().models["local"].clone();
    let away = Model::OpenAi(OpenAiModel::new(&nobody, spec.clone()).unwrap());
    assert_eq!(away.ask(&request()).await.unwrap_err().kind, Kind::Unavailable);
    let wrong = OpenAiSettings {
        base_url: "localhost:11434".to_owned(),
        ..nobody
    };
    let error = OpenAiModel::new(&wrong, spec).unwrap_err().to_string();
    assert!(error.contains("OPENAI_BASE_URL"), "{error}");
}
