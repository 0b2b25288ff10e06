//! The use case *reply*: a draft of an answer to a text, from its review where there is one.

use smartstack_domain::job::JobContext;
use smartstack_domain::suggestion::{Provenance, SuggestionDraft};
use smartstack_schema::{JobStage, UseCase};
use tokio::time::Instant;

use super::plan::{Found, Held, by_model, read_by_rules};
use super::words::NeedsPerson;
use crate::ai::context::Context;
use crate::ai::models::{NotConfigured, Reader};
use crate::ai::plan::PlanInput;
use crate::ai::propose::converse;
use crate::ai::reply;
use crate::ai::validate::validate;
use crate::runtime::Failure;

impl Held<'_> {
    /// Drafts a reply.
    pub(super) async fn reply(
        &self,
        input: PlanInput,
        job: &JobContext,
        context: &Context,
        began: Instant,
    ) -> Result<(), Failure> {
        let models = &self.services.models;
        let (draft, provenance) = match models.reader(UseCase::Reply, job.model.as_deref()) {
            Ok(Reader::Basic) => {
                let Found {
                    draft, provenance, ..
                } = read_by_rules(UseCase::Reply, input.clone(), context).await?;
                let language = draft.language.clone();
                let found = validate(draft, &input.text, input.today).items;
                let skeleton = reply::skeleton(&input.text, &found, &context.review, language);
                (skeleton, provenance)
            }
            Ok(Reader::Model(asked)) => {
                self.stage(JobStage::Asking).await?;
                let read = |answer: &str| reply::read(answer, &input.text);
                let payer = Some(self.payer());
                match converse(asked, UseCase::Reply, &input, context, payer, read).await {
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
        self.complete(SuggestionDraft {
            provenance: Provenance {
                language: draft.language,
                duration_ms: i32::try_from(began.elapsed().as_millis()).unwrap_or(i32::MAX),
                ..provenance
            },
            items: Vec::new(),
            draft: Some(draft.text),
            sentences: None,
        })
        .await
    }
}
