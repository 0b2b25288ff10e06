//! A request as Converse takes it: the answer's form in one of three ways, and where the cache begins.

use std::collections::HashMap;

use aws_sdk_bedrockruntime::types::{
    AutoToolChoice, CachePointBlock, CachePointType, ContentBlock, ConversationRole, InferenceConfiguration,
    JsonSchemaDefinition, Message, OutputConfig, OutputFormat, OutputFormatStructure, OutputFormatType,
    SpecificToolChoice, SystemContentBlock, Tool, ToolChoice, ToolConfiguration, ToolInputSchema,
    ToolSpecification,
};
use aws_smithy_types::{Document, Number};

use super::super::{AnswerForm, ModelError, ModelRequest};
use super::invalid;
use crate::ai::config::{ModelSpec, Structured};

/// What both ways of asking take.
pub(super) struct Parts {
    pub(super) system: Vec<SystemContentBlock>,
    pub(super) messages: Vec<Message>,
    pub(super) inference: InferenceConfiguration,
    pub(super) tools: Option<ToolConfiguration>,
    pub(super) output: Option<OutputConfig>,
}

pub(super) fn parts(spec: &ModelSpec, request: &ModelRequest) -> Result<Parts, ModelError> {
    let mut inference =
        InferenceConfiguration::builder().max_tokens(i32::try_from(request.max_tokens).unwrap_or(i32::MAX));
    if spec.temperature {
        // The same text should be read the same way each time.
        inference = inference.temperature(0.0);
    }
    let (tools, output) = match spec.structured {
        Structured::JsonSchema => (None, Some(json_schema(&request.form)?)),
        Structured::ForcedTool => {
            let choice = SpecificToolChoice::builder().name(&request.form.name).build();
            (
                Some(tool(&request.form, ToolChoice::Tool(choice.map_err(invalid)?))?),
                None,
            )
        }
        Structured::AutoTool => {
            let choice = ToolChoice::Auto(AutoToolChoice::builder().build());
            (Some(tool(&request.form, choice)?), None)
        }
    };
    Ok(Parts {
        system: system(spec, request)?,
        messages: messages(request)?,
        inference: inference.build(),
        tools,
        output,
    })
}

fn system(spec: &ModelSpec, request: &ModelRequest) -> Result<Vec<SystemContentBlock>, ModelError> {
    let mut system = vec![SystemContentBlock::Text(request.system.to_string())];
    if spec.prompt_cache {
        // All up to here is the same for everybody.
        let point = CachePointBlock::builder().r#type(CachePointType::Default).build();
        system.push(SystemContentBlock::CachePoint(point.map_err(invalid)?));
    }
    Ok(system)
}

fn messages(request: &ModelRequest) -> Result<Vec<Message>, ModelError> {
    let say = |role: ConversationRole, text: &str| {
        let message = Message::builder()
            .role(role)
            .content(ContentBlock::Text(text.to_owned()));
        message.build().map_err(invalid)
    };
    let mut messages = vec![say(ConversationRole::User, &request.user)?];
    if let Some(repair) = &request.repair {
        // Bedrock takes no empty text.
        let answer = if repair.answer.trim().is_empty() {
            "(nothing)"
        } else {
            &repair.answer
        };
        messages.push(say(ConversationRole::Assistant, answer)?);
        messages.push(say(ConversationRole::User, &repair.complaint)?);
    }
    Ok(messages)
}

fn json_schema(form: &AnswerForm) -> Result<OutputConfig, ModelError> {
    let schema = JsonSchemaDefinition::builder()
        .name(&form.name)
        .description(&form.description)
        .schema(form.schema.to_string())
        .build()
        .map_err(invalid)?;
    let format = OutputFormat::builder()
        .r#type(OutputFormatType::JsonSchema)
        .structure(OutputFormatStructure::JsonSchema(schema))
        .build()
        .map_err(invalid)?;
    Ok(OutputConfig::builder().text_format(format).build())
}

fn tool(form: &AnswerForm, choice: ToolChoice) -> Result<ToolConfiguration, ModelError> {
    let tool = ToolSpecification::builder()
        .name(&form.name)
        .description(&form.description)
        .input_schema(ToolInputSchema::Json(document(&form.schema)))
        .build()
        .map_err(invalid)?;
    ToolConfiguration::builder()
        .tools(Tool::ToolSpec(tool))
        .tool_choice(choice)
        .build()
        .map_err(invalid)
}

/// JSON as Smithy has it.
fn document(value: &serde_json::Value) -> Document {
    use serde_json::Value;
    match value {
        Value::Null => Document::Null,
        Value::Bool(value) => Document::Bool(*value),
        Value::Number(number) => Document::Number(match (number.as_u64(), number.as_i64()) {
            (Some(whole), _) => Number::PosInt(whole),
            (None, Some(whole)) => Number::NegInt(whole),
            (None, None) => Number::Float(number.as_f64().unwrap_or_default()),
        }),
        Value::String(text) => Document::String(text.clone()),
        Value::Array(values) => Document::Array(values.iter().map(document).collect()),
        Value::Object(values) => Document::Object(
            values
                .iter()
                .map(|(key, value)| (key.clone(), document(value)))
                .collect::<HashMap<_, _>>(),
        ),
    }
}
