//! Models in Amazon Bedrock, by its Converse API.

mod answer;
mod fault;
mod request;

use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::types::ConverseStreamOutput as Event;

use self::answer::{Gathered, read};
use super::{ModelAnswer, ModelError, ModelErrorKind, ModelRequest};
use crate::adapter::aws;
use crate::ai::config::ModelSpec;

/// Where Bedrock is.
#[derive(Clone, Debug)]
pub struct BedrockSettings {
    /// The region.
    pub region: String,
    /// The service's address, where it is not AWS's own.
    pub endpoint: Option<String>,
}

/// One model.
#[derive(Clone, Debug)]
pub struct BedrockModel {
    client: Client,
    spec: ModelSpec,
}

impl BedrockModel {
    /// The model `spec` describes. Nothing is asked of it yet.
    pub async fn new(settings: &BedrockSettings, spec: ModelSpec) -> Self {
        // The stack around it watches the time; this only ends what nobody waits for any more.
        let within = spec.timeout() * 2;
        let config = aws::config(Some(&settings.region), settings.endpoint.as_deref(), within).await;
        Self {
            client: Client::new(&config),
            spec,
        }
    }

    pub(super) async fn ask(&self, request: &ModelRequest) -> Result<ModelAnswer, ModelError> {
        let parts = request::parts(&self.spec, request)?;
        if self.spec.stream {
            self.stream(parts).await
        } else {
            self.converse(parts).await
        }
    }

    async fn converse(&self, parts: request::Parts) -> Result<ModelAnswer, ModelError> {
        let answered = self
            .client
            .converse()
            .model_id(&self.spec.id)
            .set_system(Some(parts.system))
            .set_messages(Some(parts.messages))
            .inference_config(parts.inference)
            .set_tool_config(parts.tools)
            .set_output_config(parts.output)
            .send()
            .await
            .map_err(|error| fault::of(&error))?;
        read(answered)
    }

    async fn stream(&self, parts: request::Parts) -> Result<ModelAnswer, ModelError> {
        let mut answered = self
            .client
            .converse_stream()
            .model_id(&self.spec.id)
            .set_system(Some(parts.system))
            .set_messages(Some(parts.messages))
            .inference_config(parts.inference)
            .set_tool_config(parts.tools)
            .set_output_config(parts.output)
            .send()
            .await
            .map_err(|error| fault::of(&error))?;
        let mut gathered = Gathered::default();
        loop {
            match answered.stream.recv().await {
                Ok(Some(event)) => gathered.take(event),
                Ok(None) => return gathered.end(),
                // What broke off after it had ended is whole.
                Err(_) if gathered.is_whole() => return gathered.end(),
                Err(error) => return Err(gathered.broken(fault::of_stream(&error))),
            }
        }
    }
}

impl Gathered {
    fn take(&mut self, event: Event) {
        match event {
            Event::ContentBlockStart(start) => self.start(&start),
            Event::ContentBlockDelta(delta) => self.delta(delta),
            Event::MessageStop(stop) => self.stop(stop.stop_reason),
            Event::Metadata(metadata) => self.metadata(&metadata),
            // The rest says nothing an answer is made of.
            _ => {}
        }
    }
}

fn invalid(error: impl std::fmt::Display) -> ModelError {
    ModelError::new(ModelErrorKind::Invalid, error.to_string())
}
