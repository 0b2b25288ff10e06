//! Bedrock's errors, by what to do about them. Codes: Amazon Bedrock User Guide, "Troubleshooting Amazon
//! Bedrock API Error Codes".

use aws_sdk_bedrockruntime::config::http::HttpResponse;
use aws_sdk_bedrockruntime::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_bedrockruntime::types::error::ConverseStreamOutputError;

use super::super::{ModelError, ModelErrorKind as Kind};

/// Why a call failed.
pub(super) fn of<E>(error: &SdkError<E, HttpResponse>) -> ModelError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let kind = match error {
        SdkError::ServiceError(service) => match (
            by_code(service.err().code().unwrap_or_default(), service.err().message()),
            service.raw().status().as_u16(),
        ) {
            // Something on the way answered, not Bedrock.
            (Kind::Garbage, 429) => Kind::Throttled,
            (Kind::Garbage, 502..=504) => Kind::Unavailable,
            (Kind::Garbage, 500..) => Kind::ServerFault,
            (kind, _) => kind,
        },
        SdkError::TimeoutError(_) => Kind::TimedOut,
        SdkError::DispatchFailure(failure) if failure.is_timeout() => Kind::TimedOut,
        // Not reached, or no credentials to be had: either way nobody is there to answer.
        SdkError::DispatchFailure(_) => Kind::Unavailable,
        SdkError::ResponseError(_) => Kind::Garbage,
        _ => Kind::Invalid,
    };
    ModelError::new(kind, DisplayErrorContext(error).to_string())
}

/// Why an answer broke off.
pub(super) fn of_stream<R>(error: &SdkError<ConverseStreamOutputError, R>) -> ModelError
where
    R: std::fmt::Debug,
{
    use ConverseStreamOutputError as Broken;
    let kind = match error {
        // A frame's exception has a type, but its metadata no code, unlike an answer's.
        SdkError::ServiceError(service) => {
            // A frame's exception has a type, but its metadata no code, unlike an answer's.
            let code = match service.err() {
                Broken::ThrottlingException(_) => "ThrottlingException",
                Broken::InternalServerException(_) => "InternalServerException",
                Broken::ServiceUnavailableException(_) => "ServiceUnavailableException",
                Broken::ModelStreamErrorException(_) => "ModelStreamErrorException",
                Broken::ValidationException(_) => "ValidationException",
                other => other.code().unwrap_or_default(),
            };
            by_code(code, service.err().message())
        }
        SdkError::TimeoutError(_) => Kind::TimedOut,
        // A frame that is none, or a connection that ended in the middle of one.
        _ => Kind::StreamBroken,
    };
    ModelError::new(kind, DisplayErrorContext(error).to_string())
}

fn by_code(code: &str, message: Option<&str>) -> Kind {
    let message = message.unwrap_or_default();
    match code {
        "ThrottlingException" | "ServiceQuotaExceededException" => Kind::Throttled,
        "ModelNotReadyException" => Kind::NotReady,
        "InternalServerException" => Kind::ServerFault,
        "ServiceUnavailableException" => Kind::Unavailable,
        "ModelTimeoutException" => Kind::TimedOut,
        "ModelStreamErrorException" | "ModelErrorException" => Kind::StreamBroken,
        // What Bedrock says of a text that does not fit, whichever model it is.
        "ValidationException"
            if message.contains("too long") || message.contains("Too many input tokens") =>
        {
            Kind::TooLong
        }
        "ValidationException" => Kind::Invalid,
        "AccessDeniedException" | "UnrecognizedClientException" | "ExpiredTokenException" => Kind::Denied,
        "ResourceNotFoundException" => Kind::NotFound,
        _ => Kind::Garbage,
    }
}
