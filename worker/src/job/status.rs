//! The use case *status*: from the facts of a record to an update in sentences.

use smartstack_domain::job::JobContext;
use smartstack_domain::suggestion::{Provenance, SuggestionDraft};
use smartstack_schema::{Engine, JobStage, UseCase};
use tokio::time::Instant;

use super::plan::{Held, by_model, input_hash};
use super::words::NeedsPerson;
use crate::adapter::model::basic;
use crate::ai::context::Context;
use crate::ai::models::{NotConfigured, Reader};
use crate::ai::plan::PlanInput;
use crate::ai::propose::converse;
use crate::ai::status;
use crate::runtime::Failure;

impl Held<'_> {
    /// Drafts an update.
    pub(super) async fn status(
        &self,
        job: &JobContext,
        context: &Context,
        began: Instant,
    ) -> Result<(), Failure> {
        let input = PlanInput {
            text: status::numbered(&context.facts),
            today: job.today,
        };
        let models = &self.services.models;
        let (draft, provenance) = match models.reader(UseCase::Status, job.model.as_deref()) {
            Ok(Reader::Basic) => {
                let provenance = Provenance {
                    engine: Engine::Basic,
                    model: None,
                    prompt_version: Some(basic::version()),
                    input_hash: input_hash(UseCase::Status, &input, context),
                    language: None,
                    duration_ms: 0,
                    input_tokens: 0,
                    output_tokens: 0,
                    cost_micro_usd: 0,
                };
                (status::template(&context.facts), provenance)
            }
            Ok(Reader::Model(asked)) => {
                self.stage(JobStage::Asking).await?;
                let read = |answer: &str| status::read(answer, &context.facts);
                let payer = Some(self.payer());
                match converse(asked, UseCase::Status, &input, context, payer, read).await {
                    Ok(told) => {
                        let provenance = by_model(asked, &told);
                        (told.value, provenance)
                    }
                    Err(error) => return self.unanswered(asked, error).await,
                }
            }
            Err(NotConfigured(name)) => return self.needs_person(NeedsPerson::not_configured(&name)).await,
        };
        self.stage(JobStage::Checking).await?;
        if draft.sentences.is_empty() {
            return self.needs_person(NeedsPerson::output_invalid()).await;
        }
        self.complete(SuggestionDraft {
            provenance: Provenance {
                language: draft.language,
                duration_ms: i32::try_from(began.elapsed().as_millis()).unwrap_or(i32::MAX),
                ..provenance
            },
            items: Vec::new(),
            draft: None,
            sentences: Some(draft.sentences),
        })
        .await
    }
}
