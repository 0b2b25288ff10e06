//! Which models the running workers are configured with: workers say so at their start, people choose
//! from them.

use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use smartstack_schema::{Engine, UseCase};

use crate::{
    db::{SystemTx, WorkspaceTx, sql},
    error::DomainError,
    store,
};

/// A model that can be asked, or the built-in rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AiModel {
    /// Names it in the configuration; what a job keeps.
    pub name: String,
    /// Names it to people.
    pub label: String,
    /// Whether it is a model at all.
    pub engine: Engine,
    /// Who gets to see the text: `this installation`, or the service that is asked.
    pub provider: String,
    /// How able and how dear it is, in the configuration's words.
    pub tier: String,
    /// The use cases it answers unless another is chosen.
    pub default_for: Vec<UseCase>,
}

/// Replaces what is known about the workers' models by `models`, in this order. Workers of one
/// installation share one configuration; while it is being rolled out, the last one started is believed.
///
/// # Errors
/// Store errors alone.
pub async fn announce(tx: &mut SystemTx, models: &[AiModel]) -> Result<(), DomainError> {
    let names: Vec<String> = models.iter().map(|model| model.name.clone()).collect();
    // Workers that start at the same moment take turns, or each could wait for the other's row.
    let turn = "SELECT pg_advisory_xact_lock(hashtextextended('ai-models', 0))";
    tx.conn().query_one_raw(sql(turn, [])).await?;
    tx.conn()
        .execute_raw(sql(
            "DELETE FROM ai_models WHERE name <> ALL ($1)",
            [names.into()],
        ))
        .await?;
    for (model, ordinal) in models.iter().zip(0_i32..) {
        let use_cases: Vec<String> = model
            .default_for
            .iter()
            .map(|use_case| use_case.as_str().to_owned())
            .collect();
        let values: [Value; 7] = [
            model.name.clone().into(),
            model.label.clone().into(),
            model.engine.as_str().into(),
            model.provider.clone().into(),
            model.tier.clone().into(),
            use_cases.into(),
            ordinal.into(),
        ];
        tx.conn()
            .execute_raw(sql(
                "INSERT INTO ai_models (name, label, engine, provider, tier, default_for, ordinal)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)
                 ON CONFLICT (name) DO UPDATE SET label = excluded.label, engine = excluded.engine,
                   provider = excluded.provider, tier = excluded.tier, default_for = excluded.default_for,
                   ordinal = excluded.ordinal",
                values,
            ))
            .await?;
    }
    Ok(())
}

/// The models a person may choose from, in the configuration's order. Empty until a worker has started.
///
/// # Errors
/// Store errors alone.
pub async fn list(tx: &WorkspaceTx) -> Result<Vec<AiModel>, DomainError> {
    #[derive(FromQueryResult)]
    struct Row {
        name: String,
        label: String,
        engine: String,
        provider: String,
        tier: String,
        default_for: Vec<String>,
    }
    let rows: Vec<Row> = store::rows(
        tx,
        "SELECT name, label, engine, provider, tier, default_for FROM ai_models ORDER BY ordinal, name",
        [],
    )
    .await?;
    let convert = |row: Row| -> Result<AiModel, DomainError> {
        Ok(AiModel {
            engine: store::parse(&row.engine)?,
            name: row.name,
            label: row.label,
            provider: row.provider,
            tier: row.tier,
            // A use case of a newer worker is none of ours.
            default_for: row
                .default_for
                .iter()
                .filter_map(|text| UseCase::parse(text))
                .collect(),
        })
    };
    rows.into_iter().map(convert).collect()
}
