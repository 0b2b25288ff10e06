//! What AI costs and may cost, as the API tells it.

use serde_json::json;

use crate::support::{Person, Stack};

async fn standing(person: &Person) -> serde_json::Value {
    let query = "query($id: ID!) { workspace(id: $id) { \
        aiModels { name label engine provider tier defaultFor } \
        aiBudget { aiEnabled limitMicroUsd spentMicroUsd reservedMicroUsd leftMicroUsd jobsPerDay jobsToday resetsAt } \
        aiSpend(from: \"2000-01-01\", to: \"2999-12-31\") { day useCase model calls inputTokens outputTokens costMicroUsd } \
        aiFeedback { useCase engine model promptVersion items accepted acceptanceRate editDistance rejectReasons { reason count } } \
        aiSettings { useExamples version } } }";
    let answer = person.browser.gql(query, json!({ "id": person.workspace })).await;
    answer["workspace"].clone()
}

#[tokio::test]
async fn what_is_left_is_told_and_only_ones_own() {
    let stack = Stack::start().await;
    let (ada, eve) = (stack.person("Ada").await, stack.person("Eve").await);
    stack.sql(
        "INSERT INTO ai_models (name, label, engine, provider, tier, default_for, ordinal) \
         VALUES ('clever', 'Clever', 'MODEL', 'somebody', 'high', '{PLAN}', 0); \
         UPDATE installation_settings SET ai_monthly_cost_micro_usd = 5000000, ai_jobs_per_day = 7; \
         INSERT INTO ai_calls (id, workspace_id, job_id, attempt, call, use_case, model, prompt_version, state, \
           reserved_micro_usd, cost_micro_usd, input_tokens, output_tokens, at) \
         SELECT gen_random_uuid(), m.workspace_id, gen_random_uuid(), 1, 1, 'PLAN', 'clever', 'plan/1@x', 'SETTLED', \
           900000, 123456, 10, 20, now() FROM memberships m JOIN users u ON u.id = m.user_id WHERE u.name = 'Ada'",
    );
    let own = standing(&ada).await;
    assert_eq!(
        own["aiModels"],
        json!([{ "name": "clever", "label": "Clever", "engine": "MODEL", "provider": "somebody", "tier": "high",
                 "defaultFor": ["PLAN"] }])
    );
    let budget = &own["aiBudget"];
    assert_eq!(
        (&budget["aiEnabled"], &budget["jobsPerDay"], &budget["jobsToday"]),
        (&json!(true), &json!(7), &json!(1))
    );
    assert_eq!(
        (
            &budget["limitMicroUsd"],
            &budget["spentMicroUsd"],
            &budget["leftMicroUsd"]
        ),
        (&json!(5_000_000), &json!(123_456), &json!(4_876_544))
    );
    assert_eq!(own["aiSpend"][0]["costMicroUsd"], 123_456);
    let other = standing(&eve).await;
    assert_eq!(other["aiBudget"]["spentMicroUsd"], 0);
    assert_eq!(other["aiSpend"], json!([]));
    assert_eq!(other["aiFeedback"], json!([]));
}

#[tokio::test]
async fn examples_are_an_owner_s_switch() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    let input = |version: i32| json!({ "workspaceId": ada.workspace, "expectedVersion": version, "useExamples": true });
    let selection = "workspace { aiSettings { useExamples version } }";
    let on = ada
        .browser
        .mutate("aiSettingsUpdate", "AiSettingsUpdateInput", selection, input(0))
        .await;
    assert_eq!(
        on["workspace"]["aiSettings"],
        json!({ "useExamples": true, "version": 1 })
    );
    let late = ada
        .browser
        .try_mutate("aiSettingsUpdate", "AiSettingsUpdateInput", selection, input(0))
        .await;
    assert_eq!(late["userErrors"][0]["code"], "CONFLICT", "{late}");
    assert_eq!(late["workspace"]["aiSettings"]["version"], 1);
}

#[tokio::test]
async fn a_retry_names_a_model_that_is_there() {
    let stack = Stack::start().await;
    let ada = stack.person("Ada").await;
    stack.sql(
        "INSERT INTO ai_models (name, label, engine, provider, tier, default_for, ordinal) \
         VALUES ('basic', 'Rules', 'BASIC', 'here', 'none', '{}', 0)",
    );
    let input =
        json!({ "workspaceId": ada.workspace, "text": "Please call.", "newProject": { "name": "P" } });
    let made = ada
        .browser
        .mutate("planStart", "PlanStartInput", "job { id }", input)
        .await;
    let id = made["job"]["id"].clone();
    ada.browser
        .mutate("jobCancel", "NodeVersionInput", "job { id }", json!({ "id": id }))
        .await;
    let retry = |model: &str| json!({ "id": id, "model": model });
    let refused = ada
        .browser
        .try_mutate("jobRetry", "JobRetryInput", "job { id }", retry("nobody"))
        .await;
    assert_eq!(refused["userErrors"][0]["field"], json!(["model"]), "{refused}");
    let queued = ada
        .browser
        .mutate("jobRetry", "JobRetryInput", "job { state model }", retry("basic"))
        .await;
    assert_eq!(queued["job"], json!({ "state": "QUEUED", "model": "basic" }));
}
